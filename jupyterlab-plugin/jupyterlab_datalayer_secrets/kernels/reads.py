"""Reading secrets for kernels, with a token that can list and reveal and nothing else."""

from __future__ import annotations

import asyncio
import re
from logging import Logger
from typing import Final
from urllib.parse import quote

from .. import fields
from ..asking import attempt, content_of
from ..call import Call
from ..ensure import LABEL, Running
from ..errors import SecretsError
from ..handlers import MAX_LIST, PATIENCE
from ..loopback import Loopback
from ..service import Ensure
from ..threads import heard

#: Bytes of an answer with one value: 65,536, of which each may take six in JSON, and room for the rest.
MAX_READ: Final = 1 << 19
#: How many of our requests the service has at a time.
AT_ONCE: Final = 6
#: Of a label in the audit trail, ours and what a request adds with ": " between, in UTF-16 units as the service counts.
LONGEST_LABEL: Final = 200 - len(LABEL) - len(": ")

_VAULT: Final = re.compile(r"[a-z0-9-]{1,32}")


class Reads:
    """Asks `ensure` for its token when one is first needed, and again when the service is gone or does not know it."""

    def __init__(self, ensure: Ensure, log: Logger) -> None:
        self._ensure = ensure
        self._log = log
        self._loopback: asyncio.Future[Loopback] | None = None
        self._room = asyncio.Semaphore(AT_ONCE)
        self._closed = False

    async def names(self, vault: str) -> dict[str, str]:
        """The uid of each secret of a vault, by name. Raises the service's error, `no_service` where none runs."""
        answer = await self._ask(Call("GET", _path(vault), timeout=PATIENCE, limit=MAX_LIST))
        listed = fields.SECRETS.of(answer)["secrets"]
        found: dict[str, str] = {}
        for secret in listed if isinstance(listed, list) else []:
            name, uid = secret.get("name_s"), secret.get("uid")
            if isinstance(name, str) and isinstance(uid, str):
                found.setdefault(name, uid)
        return found

    async def value(self, vault: str, uid: str, label: str) -> str:
        """
        What the secret holds. The label, for the audit trail, says for whom. Raises as `names` does, `protocol` for
        what is no text.
        """
        headers = {"audit-label": quote(shorten(label), safe=""), "x-value-encoding": "plain"}
        call = Call("GET", f"{_path(vault)}/{uid}", headers=headers, timeout=PATIENCE, limit=MAX_READ)
        secret = (await self._ask(call)).get("secret")
        value = secret.get("value_s") if isinstance(secret, dict) and secret.get("encoding") == "plain" else None
        if not isinstance(value, str):
            raise SecretsError("protocol")
        return value

    async def _ask(self, call: Call) -> dict[str, object]:
        async with self._room:
            for _ in range(2):
                finding = self._loopback or self._look()
                try:
                    loopback = await asyncio.shield(finding)
                except SecretsError:
                    self._forget(finding)
                    raise
                answer = await attempt(loopback, call, self._log)
                if answer is not None:
                    return content_of(answer)
                self._forget(finding)
                loopback.retire()
        raise SecretsError("no_service")

    def _look(self) -> asyncio.Future[Loopback]:
        finding = self._loopback = asyncio.ensure_future(self._find())
        finding.add_done_callback(heard)
        return finding

    async def _find(self) -> Loopback:
        found = await self._ensure(start=False, scope="kernel")
        if not isinstance(found, Running) or self._closed:
            raise SecretsError("no_service")
        return Loopback(found.port, found.token)

    def _forget(self, finding: asyncio.Future[Loopback]) -> None:
        if self._loopback is finding:
            self._loopback = None

    def close(self) -> None:
        """Ends all requests."""
        self._closed = True
        finding, self._loopback = self._loopback, None
        if finding is None:
            return
        if finding.done() and not finding.cancelled() and finding.exception() is None:
            finding.result().close()
        finding.cancel()


def _path(vault: str) -> str:
    if not _VAULT.fullmatch(vault):
        raise SecretsError("not_found")
    return f"/vaults/{vault}/api/iam/v1/secrets"


def shorten(label: str) -> str:
    """What fits into an event of the audit trail: its end, and no control characters."""
    printable = "".join(char if char.isprintable() else "?" for char in label)
    if _units(printable) <= LONGEST_LABEL:
        return printable
    while _units(printable) > LONGEST_LABEL - 1:
        printable = printable[1:]
    return f"…{printable}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
