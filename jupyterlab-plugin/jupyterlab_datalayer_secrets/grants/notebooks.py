"""Which file a path of Jupyter's means, and which notebooks a kernel serves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from ..threads import in_thread
from .grant import Notebook

#: Pages that edit together put this in front of a path.
SHARED_DRIVE: Final = "RTC:"
SUFFIX: Final = ".ipynb"

#: As JupyterLab names a session until it has a kernel: a version 4 UUID in the place of the file's name.
_PROVISIONAL: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Notebooks:
    """Reads the contents manager and the sessions of a server."""

    def __init__(self, app: ServerApp, followed: Callable[[Notebook, Notebook], None]) -> None:
        """`followed` is told when a session that was seen before has another path."""
        self._app = app
        self._followed = followed
        #: Of the sessions at the last look, by id.
        self._paths: dict[str, str] = {}

    def at(self, path: str) -> Notebook:
        """The notebook, be it there or not. One whose path leads nowhere has no real path."""
        path = path.removeprefix(SHARED_DRIVE).strip("/")
        place = self.place(path)
        return Notebook(path, None if place is None else os.path.realpath(place))

    def at_real(self, real: str) -> Notebook:
        """The notebook with this real path, wherever it lies."""
        root = self._root()
        if root is not None and real.startswith(root.rstrip(os.sep) + os.sep):
            path = os.path.relpath(real, root).replace(os.sep, "/")
        else:
            path = real
        # A file's name need not be UTF-8, a page's text has to be.
        return Notebook(path.encode("utf-8", "replace").decode(), real)

    def place(self, path: str) -> str | None:
        """Where a path of the contents manager lies, links in it as they are. Null where it keeps no files."""
        contents = self._app.contents_manager
        if not isinstance(contents, FileManagerMixin):
            return None
        try:
            return str(contents._get_os_path(path))  # type: ignore[no-untyped-call]
        except (HTTPError, ValueError, OSError):
            return None

    @property
    def keeps_files(self) -> bool:
        """Whether notebooks have real paths here, so that grants outlive the server."""
        return isinstance(self._app.contents_manager, FileManagerMixin)

    async def exists(self, notebook: Notebook) -> bool:
        """Whether there is such a file."""
        return bool(await self.existing({notebook}))

    async def existing(self, notebooks: set[Notebook]) -> set[Notebook]:
        """Those that there are, of thousands as of one."""
        found = await in_thread(lambda: {one for one in notebooks if one.real is not None and os.path.isfile(one.real)})
        if not self.keeps_files:
            contents: Any = self._app.contents_manager
            for one in notebooks:
                if one.real is None and await ensure_async(contents.file_exists(one.path)):
                    found.add(one)
        return found

    async def of_kernel(self, kernel_id: str, env: Mapping[str, str] | None = None) -> list[Notebook]:
        """
        Those of all its sessions; consoles and the like are none. A kernel that starts has no session yet: then the one
        that its environment names.
        """
        sessions = [session for session in await self._sessions() if session["kernel"]["id"] == kernel_id]
        if sessions:
            found = [self.at(path) for session in sessions if _is_notebook(path := path_of(session), session)]
            return list(dict.fromkeys(found))
        # A server that a kernel started has inherited a name itself.
        named = (env or {}).get("JPY_SESSION_NAME", "")
        if not self.keeps_files or not named.endswith(SUFFIX) or named == os.environ.get("JPY_SESSION_NAME"):
            return []
        return [self.at_real(os.path.realpath(named))] if os.path.isabs(named) else [self.at(named)]

    async def _sessions(self) -> list[dict[str, Any]]:
        sessions: list[dict[str, Any]] = await ensure_async(self._app.session_manager.list_sessions())
        paths = {str(session["id"]): path_of(session) for session in sessions}
        before, self._paths = self._paths, paths
        for session, path in paths.items():
            if session in before and before[session] != path:
                self._followed(self.at(before[session]), self.at(path))
        return sessions

    def _root(self) -> str | None:
        root = self._app.contents_manager.root_dir
        return _real(root) if self.keeps_files else None


@lru_cache(maxsize=1)
def _real(root: str) -> str:
    """It is asked for once for each of thousands."""
    return os.path.realpath(root)


def path_of(session: Mapping[str, Any]) -> str:
    """Its file. Between its making and its first change a session of JupyterLab has that only in its name."""
    path, name = str(session.get("path") or ""), str(session.get("name") or "")
    folder, _, last = path.rpartition("/")
    if not _PROVISIONAL.fullmatch(last) or not name or "/" in name:
        return path
    return f"{folder}/{name}" if folder else name


def _is_notebook(path: str, session: Mapping[str, Any]) -> bool:
    return session.get("type") == "notebook" or path.endswith(SUFFIX)
