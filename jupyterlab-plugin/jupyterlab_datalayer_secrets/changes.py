"""The service's stream of changes, as long as it lasts."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from typing import Final

from .loopback import Broken, Loopback, Unreached

PATH: Final = "/api/vault/v1/changes"
#: Seconds. The service sends a comment every 20; after three that did not come the stream is dead.
SILENCE: Final = 60.0
#: Bytes. No line of ours is near this; what is longer is no event stream.
LONGEST_LINE: Final = 1 << 16

_VAULT: Final = re.compile(r"[a-z0-9-]{1,32}")


class ChangeStream:
    """
    Listens in a thread and tells on the event loop: `changed(vault, revision)` for each event, first one for each vault
    there is; and once at the end, however it came, `ended(opened)`, with whether it ever began. Ends with its
    `Loopback`.
    """

    def __init__(self, loopback: Loopback, changed: Callable[[str, int], None], ended: Callable[[bool], None]) -> None:
        self._loopback = loopback
        self._changed = changed
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, daemon=True, name="datalayer-secrets changes").start()

    def _listen(self) -> None:
        opened = False
        try:
            with self._loopback.stream(PATH, "text/event-stream", SILENCE) as lines:
                opened = True
                while line := lines.readline(LONGEST_LINE):
                    change = parse_change(line)
                    if change is not None:
                        self._tell(partial(self._changed, *change))
        except (Unreached, Broken, OSError, HTTPException, ValueError):
            pass  # the end, however it came
        self._tell(partial(self._ended, opened))

    def _tell(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody listens any more
            self._loop.call_soon_threadsafe(what)


def parse_change(line: bytes) -> tuple[str, int] | None:
    """Vault and revision of a `data:` line, which is all of an event; null for anything else."""
    if not line.startswith(b"data:"):
        return None
    try:
        said = json.loads(line[5:])
    except ValueError:
        return None
    vault, revision = (said.get("vault"), said.get("revision")) if isinstance(said, dict) else (None, None)
    if not isinstance(vault, str) or not _VAULT.fullmatch(vault):
        return None
    return (vault, revision) if type(revision) is int and revision >= 0 else None
