"""What pages may have done, under the settings of the server."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from logging import Logger
from typing import Final

from . import fields
from .call import API, PROMPT, Call, json_call
from .errors import SecretsError
from .service import LocalService

#: Seconds that a list of vaults waits for the environment's sign-in; one that takes longer is told as a change.
SIGN_IN_WAIT: Final = 3.0
#: Seconds before a sign-in that failed on the way is tried again.
SIGN_IN_PAUSE: Final = 30.0
#: Why trying again by itself is of no use: the key is wrong, or the place is another account's.
_FINAL: Final = ("unauthenticated", "other_account", "invalid", "forbidden")


@dataclass(frozen=True)
class Policy:
    """Settings of the server. A page can read none but what `told` has, and change none."""

    allow_local_vault: bool = True
    #: Where sign-ins go; empty: the service's default.
    origin: str = ""
    #: `DATALAYER_API_KEY` of the server, empty where there is none.
    api_key: str = field(default="", repr=False)

    @property
    def told(self) -> dict[str, object]:
        return {"localVault": self.allow_local_vault, "apiKey": self.api_key != ""}


class PageService:
    """The service, as pages may use it."""

    def __init__(self, service: LocalService, policy: Policy, log: Logger) -> None:
        self.policy = policy
        self._service = service
        self._log = log
        self._signing_in: asyncio.Task[None] | None = None
        #: Of which start of the service the environment's sign-in needs no more thought.
        self._settled = 0
        self._not_before = 0.0
        self._vault_of_key = ""

    async def ensure(self, *, start: bool, quiet: bool) -> dict[str, object]:
        """
        Looks for the service, with `start` starts it. With `quiet` it is also started, and the vault unlocked without a
        prompt, where none is to be expected: the last unlock needed none, or the server has a key of its own.
        """
        found = await self._service.look(start=start)
        if found["state"] == "none" and quiet:
            unlock = found["quiet"] is True and self.policy.allow_local_vault
            if unlock or self.policy.api_key:
                found = await self._service.look(start=True)
            if unlock:
                found = await self._unlock_quietly(found)
        return {"service": found, "policy": self.policy.told}

    async def listen(self) -> None:
        """Hears of changes from a service that runs, and starts none. Raises `no_service`, `elsewhere`, `timeout`."""
        await self._service.listen()

    def revision(self, vault: str) -> tuple[int, int] | None:
        """As `LocalService.revision`."""
        return self._service.revision(vault)

    async def ask(self, call: Call) -> dict[str, object]:
        return await self._service.ask(call)

    async def ask_local(self, call: Call) -> dict[str, object]:
        """For what is about the local vault. Raises `forbidden` where the server allows none."""
        self.demand_vault("local")
        return await self._service.ask(call)

    def demand_vault(self, vault: str) -> None:
        """Raises `forbidden` for the local vault where the server allows none."""
        if vault == "local" and not self.policy.allow_local_vault:
            raise SecretsError("forbidden", {"vault": vault})

    async def vaults(self) -> dict[str, object]:
        """The vaults, the environment's sign-in among them where it is wanted; and offers for where sign-ins go."""
        listed = await self._list()
        if self._wants_sign_in(listed):
            if self._signing_in is None:
                self._signing_in = asyncio.ensure_future(self._sign_in_by_key(self._service.era))
            done, _ = await asyncio.wait({self._signing_in}, timeout=SIGN_IN_WAIT)
            if done:
                listed = await self._list()
        return {
            "vaults": [vault for vault in _records(listed, "vaults") if self._may_show(vault)],
            "offers": [
                offer for offer in _records(listed, "offers") if self.policy.origin in ("", offer.get("origin"))
            ],
        }

    async def sign_in(self, request: dict[str, object]) -> dict[str, object]:
        """
        Signs in with a token, with the Datalayer CLI's sign-in, or (`source: "environment"`) with the server's own key,
        which is stored nowhere. Where that is done the server's settings say.
        """
        if request.get("source") == "environment":
            if "token" in request or not self.policy.api_key:
                raise SecretsError("invalid", {"field": "token"})
            request = {**request, "token": self.policy.api_key, "remember": False}
        call = Call("POST", f"{API}/vaults", timeout=PROMPT)
        if self.policy.origin:
            return await self._service.ask_in_full(json_call(call, {**request, "origin": self.policy.origin}))
        return await self._service.ask(json_call(call, request))

    async def sign_out(self, vault: str, *, shared_entry_too: bool) -> dict[str, object]:
        headers = {"x-shared-entry": "delete"} if shared_entry_too else {}
        answer = await self._service.ask(Call("DELETE", f"{API}/vaults/{vault}", headers=headers, timeout=PROMPT))
        if vault == self._vault_of_key:
            self._settled = self._service.era
        return answer

    async def close(self) -> None:
        if self._signing_in is not None:
            self._signing_in.cancel()
        await self._service.close()

    async def _list(self) -> dict[str, object]:
        return fields.VAULTS.of(await self._service.ask(Call("GET", f"{API}/vaults")))

    async def _unlock_quietly(self, found: dict[str, object]) -> dict[str, object]:
        call = json_call(Call("POST", f"{API}/unlock", timeout=PROMPT), {"interactive": False})
        try:
            await self._service.ask(call)
        except SecretsError as error:
            # The page then shows a locked vault, and a click says why.
            self._log.info("Secrets vault not unlocked without a prompt: %s", error.kind)
        return await self._service.look(start=False) if found["state"] == "locked" else found

    def _wants_sign_in(self, listed: dict[str, object]) -> bool:
        if not self.policy.api_key or self._settled == self._service.era or time.monotonic() < self._not_before:
            return False
        for vault in _records(listed, "vaults"):
            here = vault.get("origin") == self.policy.origin if self.policy.origin else vault.get("id") == "datalayer"
            if here and vault.get("state") != "signed-out":
                self._settled = self._service.era
                return False
        return True

    async def _sign_in_by_key(self, era: int) -> None:
        try:
            answer = fields.SIGN_IN.of(await self.sign_in({"source": "environment"}))
        except SecretsError as error:
            self._log.warning("Not signed in with DATALAYER_API_KEY: %s", error.kind)
            self._not_before = time.monotonic() + SIGN_IN_PAUSE
            if error.kind in _FINAL:
                self._settled = era
        else:
            self._settled = era
            vault = answer["vault"]
            self._vault_of_key = str(vault["id"]) if isinstance(vault, dict) else ""
        finally:
            self._signing_in = None

    def _may_show(self, vault: dict[str, object]) -> bool:
        return vault.get("id") != "local" or self.policy.allow_local_vault


def _records(listed: dict[str, object], name: str) -> list[dict[str, object]]:
    found = listed[name]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
