"""Getting for a kernel's start what it is granted, each value once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from logging import Logger
from typing import Protocol

from ..errors import SecretsError
from ..grants.grant import Grant
from .catalog import Catalog, wait_after
from .launch import Key, Launch
from .reads import Reads
from .reasons import Reason, reason_of


class Service(Protocol):
    """`page.PageService`, as far as it is needed here."""

    async def listen(self) -> None: ...

    def revision(self, vault: str) -> tuple[int, int] | None: ...

    def demand_vault(self, vault: str) -> None: ...


class Supply:
    """
    Writes what it finds into launches and never fails: what could not be had has its reason there. As long as nothing
    changes and all is there, it costs the service nothing.
    """

    def __init__(self, service: Callable[[], Service], reads: Reads, log: Logger) -> None:
        self._service = service
        self._reads = reads
        self._log = log
        self.catalog = Catalog(self._names, lambda vault: service().revision(vault))

    async def look_up(self, launch: Launch, grants: Collection[Grant]) -> None:
        """Which secrets these are now."""
        vaults = {grant.vault for grant in grants}
        await asyncio.gather(*(self._look_up(launch, vault, grants) for vault in vaults))

    async def read(self, launch: Launch, grants: Collection[Grant]) -> None:
        """Their values, where they are not there yet, after `look_up`."""
        await asyncio.gather(*(self._read(launch, grant) for grant in grants))

    async def _look_up(self, launch: Launch, vault: str, grants: Collection[Grant]) -> None:
        wanted = [grant for grant in grants if grant.vault == vault]
        try:
            found = await self.catalog.find(vault, [grant.name for grant in wanted])
        except Exception as error:
            reason = self._reason(error)
            for grant in wanted:
                launch.fail_to_find(grant, reason)
            return
        for grant in wanted:
            uid = found.get(grant.name)
            if uid is None:
                launch.miss(grant)
            else:
                launch.find(grant, uid)

    async def _names(self, vault: str) -> dict[str, str]:
        try:
            self._service().demand_vault(vault)
        except SecretsError:
            raise SecretsError("not_found") from None
        # First, so that no change is missed from here on.
        await self._service().listen()
        return await self._reads.names(vault)

    async def _read(self, launch: Launch, grant: Grant) -> None:
        key = launch.key(grant)
        if key is None or key in launch.values or launch.ended:
            return
        reading = launch.reading.get(key)
        if reading is None:
            reading = launch.reading[key] = asyncio.ensure_future(self._read_now(launch, key))
        await asyncio.shield(reading)

    async def _read_now(self, launch: Launch, key: Key) -> None:
        paths = ", ".join(notebook.path for notebook in launch.notebooks)
        try:
            launch.read(key, await self._reads.value(*key, f"{paths}, {launch.kernel_name} {launch.kernel_id}"))
        except Exception as error:
            launch.fail_to_read(key, self._reason(error))
            # For a while the failure stands for all who ask.
            asyncio.get_running_loop().call_later(wait_after(error), launch.reading.pop, key, None)
        else:
            del launch.reading[key]

    def _reason(self, error: Exception) -> Reason:
        if isinstance(error, SecretsError):
            return reason_of(error)
        self._log.warning("A secret could not be had for a kernel: %s", type(error).__name__)
        return "failed"
