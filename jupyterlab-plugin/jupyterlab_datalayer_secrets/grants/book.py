"""The grants of one server, kept true to its files."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import Final

from jupyter_server.serverapp import ServerApp

from .. import events
from .file import GrantsFile
from .grant import Allowed, Grant, Notebook
from .notebooks import Notebooks
from .private import secrets_home
from .store import Grants, What

#: Seconds. A page tells its session of a rename right after the contents service.
TOGETHER: Final = 10.0
#: Seconds that the end of a server waits for what is not on disk yet.
LAST_WRITE: Final = 5.0


class GrantBook:
    """Tells pages of each change, and follows what becomes of the files as far as this server sees it."""

    def __init__(self, app: ServerApp) -> None:
        assert app.event_logger is not None
        self._logger = app.event_logger
        self.notebooks = Notebooks(app, self._follow)
        self.grants = Grants(GrantsFile(secrets_home(), socket.gethostname()), self.notebooks.at_real, app.log)
        #: By new key: from where a session's new path moved grants, and when.
        self._followed: dict[str, tuple[str, float]] = {}
        self.grants.changed.append(self._changed)

    async def listed(self) -> dict[str, object]:
        """All grants, and why they are not kept on disk where they are not."""
        granted = self.grants.all()
        exists = await self.notebooks.existing({notebook for notebook, _ in granted})
        fault = self.grants.fault
        return {
            "grants": [
                {
                    "notebook": notebook.id,
                    "path": notebook.path,
                    "exists": notebook in exists,
                    "vault": grant.vault,
                    "name": grant.name,
                }
                for notebook, grant in granted
            ],
            "fault": None if fault is None else {"code": fault.kind, "details": dict(fault.details)},
        }

    async def close(self) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.grants.write(), LAST_WRITE)

    async def allow(self, notebook: Notebook, grant: Grant) -> Allowed:
        """Told to all pages, even if who asked for it has gone."""
        allowed = self.grants.put(notebook, grant)
        if not allowed.already:
            events.emit_granted(self._logger, notebook, grant, allowed.replaced)
        await self.grants.write()
        return allowed

    def renamed(self, old: str, new: str) -> None:
        """The contents service gave a file or folder another path, at which nothing was."""
        before, after = self._key(old), self._key(new)
        if before is None or after is None or before == after:
            return
        origin, when = self._followed.pop(after, ("", 0.0))
        if origin == before and time.monotonic() - when < TOGETHER:
            return  # its session said so first
        self.grants.move(before, after, self._separator)

    def gone(self, path: str) -> None:
        """The contents service deleted a file or folder, or is about to make a file where none is."""
        key = self._key(path)
        if key is not None:
            self.grants.drop(key, self._separator)

    @property
    def _separator(self) -> str:
        return os.sep if self.notebooks.keeps_files else "/"

    def _key(self, path: str) -> str | None:
        """What is at this path itself, be it a link: what that leads to is not renamed or deleted with it."""
        path = path.strip("/")
        if not self.notebooks.keeps_files:
            return Notebook(path, None).key
        place = self.notebooks.place(path)
        if place is None:
            return None
        folder, name = os.path.split(place)
        return os.path.join(os.path.realpath(folder), name)

    def _follow(self, old: Notebook, new: Notebook) -> None:
        """
        A session has another path. That of a copy (Save As) has, too, and one that moved to another notebook: only a
        file that is no longer where it was, and is where nothing was granted, takes its grants along.
        """
        if old.real is None or new.real is None or os.path.lexists(old.real) or not os.path.isfile(new.real):
            return
        if self.grants.of(old) and not self.grants.of(new):
            self._followed[new.real] = (old.real, time.monotonic())
            self.grants.move(old.real, new.real, os.sep)

    def _changed(self, what: What, notebook: Notebook, grant: Grant | None) -> None:
        if what == "revoked" and grant is not None:
            events.emit_revoked(self._logger, notebook, grant)
        elif what != "granted":  # that is told with what it replaces
            events.emit_state(self._logger, notebook.id)
