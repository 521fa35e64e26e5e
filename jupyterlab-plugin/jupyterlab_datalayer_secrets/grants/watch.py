"""What the contents service does to files, for who keeps grants by their paths."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jupyter_events import EventLogger
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.fileio import FileManagerMixin

if TYPE_CHECKING:
    from .book import GrantBook

CONTENTS: Final = "https://events.jupyter.org/jupyter_server/contents_service/v1"


def watch_contents(app: ServerApp, book: Callable[[], GrantBook]) -> Callable[[], None]:
    """
    From the start of the server: a notebook may be renamed before anything asks for grants. `book` is called for with
    the first that matters. Gives what ends it.
    """

    async def heard(logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        action, path, source = data.get("action"), data.get("path"), data.get("source_path")
        if action == "rename" and isinstance(path, str) and isinstance(source, str):
            book().renamed(source, path)
        elif action == "delete" and isinstance(path, str):
            book().gone(path)

    def about_to_save(path: str, contents_manager: object, **_: object) -> None:
        """What is made where nothing is has nothing to do with what was there: a terminal may have deleted that."""
        if not isinstance(contents_manager, FileManagerMixin) or not path.endswith(".ipynb"):
            return
        place = contents_manager._get_os_path(path)  # type: ignore[no-untyped-call]
        if not os.path.lexists(place):
            book().gone(path)

    app.contents_manager.register_pre_save_hook(about_to_save)  # type: ignore[no-untyped-call]
    events = app.event_logger
    assert events is not None
    events.add_listener(schema_id=CONTENTS, listener=heard)
    return lambda: events.remove_listener(schema_id=CONTENTS, listener=heard)
