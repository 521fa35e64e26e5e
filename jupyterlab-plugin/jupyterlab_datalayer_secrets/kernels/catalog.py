"""Which secrets there are, asked of the service no more often than they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from ..errors import SecretsError

#: Seconds after which what failed is tried again although nothing changed that is known here.
AGAIN: Final = 3.0

#: What is over with a click, of which nothing may be heard before the next cell runs. The service says it at once.
CLOSED: Final = ("locked", "setup_needed")

#: What is the same as long as nothing in a vault changes; null where changes are not heard of.
Revision = tuple[int, int] | None


@dataclass
class _Listed:
    revision: Revision
    #: Uids by name, or why they could not be had.
    found: dict[str, str] | SecretsError
    #: For a failure: until when it is not tried again.
    until: float = 0.0
    #: Names that were looked for once more.
    absent: set[str] = field(default_factory=set)


class Catalog:
    """
    Names and uids by vault. As long as its revision is the same, an answer stands; where it is not known, each question
    is asked of the service. Belongs to one event loop.
    """

    def __init__(self, ask: Callable[[str], Awaitable[dict[str, str]]], revision: Callable[[str], Revision]) -> None:
        """`ask` gives the uids of one vault by name, or raises `SecretsError`."""
        self._ask = ask
        self.revision = revision
        self._listed: dict[str, _Listed] = {}
        self._asking: dict[tuple[str, Revision], asyncio.Future[_Listed]] = {}

    async def find(self, vault: str, names: Iterable[str]) -> dict[str, str]:
        """The uids of these secrets, less those that are not there. Raises `SecretsError`."""
        wanted = set(names)
        listed = self._listed.get(vault)
        if listed is None or not self._stands(vault, listed):
            listed = await self._join(vault)
        elif not isinstance(listed.found, SecretsError) and not wanted <= {*listed.found, *listed.absent}:
            # One that was made a moment ago may be granted before its change is told.
            listed = await self._list(vault)
        if isinstance(listed.found, SecretsError):
            raise listed.found
        listed.absent |= wanted - listed.found.keys()
        return {name: uid for name, uid in listed.found.items() if name in wanted}

    def forget_failures(self) -> None:
        """Something was done about them."""
        self._listed = {vault: listed for vault, listed in self._listed.items() if not _failed(listed)}

    def _stands(self, vault: str, listed: _Listed) -> bool:
        if listed.revision != self.revision(vault):
            return False
        if isinstance(listed.found, SecretsError):
            return time.monotonic() < listed.until
        return listed.revision is not None

    async def _join(self, vault: str) -> _Listed:
        """One request for all who ask while the same is known."""
        key = (vault, self.revision(vault))
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._list(vault))
            asking.add_done_callback(lambda _: self._asking.pop(key))
        return await asyncio.shield(asking)

    async def _list(self, vault: str) -> _Listed:
        # Taken before: a change that is told meanwhile makes the answer an old one.
        revision = self.revision(vault)
        try:
            listed = _Listed(revision, await self._ask(vault))
        except SecretsError as error:
            listed = _Listed(revision, error, time.monotonic() + wait_after(error))
        self._listed[vault] = listed
        return listed


def _failed(listed: _Listed) -> bool:
    return isinstance(listed.found, SecretsError)


def wait_after(error: Exception) -> float:
    """Seconds for which a failure stands for all who ask."""
    return 0.0 if isinstance(error, SecretsError) and error.kind in CLOSED else AGAIN
