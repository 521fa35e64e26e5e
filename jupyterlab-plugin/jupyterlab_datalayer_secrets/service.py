"""The secrets service of this machine, as the Jupyter server knows it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from logging import Logger
from typing import Final, Protocol

from . import fields
from .asking import attempt, content_of, send
from .call import API, Call
from .changes import ChangeStream
from .ensure import Answer as Ensured
from .ensure import Elsewhere, NotRunning, Running, Scope
from .errors import SecretsError
from .loopback import Answer, Loopback, Unreached
from .threads import heard

#: Seconds that a goodbye may take.
LEAVE: Final = 1.0
#: Seconds after which a service that is still there is listened to anew: a stream that ends at once makes no storm.
LISTEN_AGAIN: Final = 5.0


class Ensure(Protocol):
    """`ensure.ensure`."""

    async def __call__(self, *, start: bool, scope: Scope = "page") -> Ensured: ...


class Listener(Protocol):
    """Who is told of changes."""

    def changed(self, vault: str, revision: int) -> None: ...

    def lost(self) -> None: ...


class LocalService:
    """
    Finds the service for all who ask, keeps the token for pages in memory, listens for changes from the first use of a
    running service on, and looks anew when the service is gone or does not know us. Belongs to one event loop.
    """

    def __init__(self, ensure: Ensure, listener: Listener, log: Logger) -> None:
        self._ensure = ensure
        self._listener = listener
        self._log = log
        self._loopback: Loopback | None = None
        self._asking: tuple[bool, asyncio.Task[Ensured]] | None = None
        self._closed = False
        self._era = 0
        #: As the present stream told them.
        self._revisions: dict[str, int] = {}
        self._streams = 0

    @property
    def era(self) -> int:
        """Grows when another start of the service, or the same one anew, is found."""
        return self._era

    def revision(self, vault: str) -> tuple[int, int] | None:
        """
        What is the same as long as nothing in the vault changes. Null for a vault of which nothing was heard: it may
        have changed.
        """
        revision = self._revisions.get(vault)
        return None if revision is None else (self._streams, revision)

    async def look(self, *, start: bool) -> dict[str, object]:
        """
        The line of `ensure` without address and token: `{"state": "none", "used", "quiet"}`, `{"state": "elsewhere",
        "host"}`, or `{"state": "new" | "locked" | "open", "version"}`, the local vault's present state.
        """
        for _ in range(2):
            found = await self._find(start)
            if isinstance(found, NotRunning):
                return {"state": "none", "used": found.used, "quiet": found.quiet}
            if isinstance(found, Elsewhere):
                return {"state": "elsewhere", "host": found.host}
            answer = await self._try(found, Call("GET", f"{API}/status"))
            if answer is None:
                continue  # the one that we knew is gone
            status = fields.STATUS.of(content_of(answer))["status"]
            assert isinstance(status, dict)
            return {"state": status["state"], "version": status["version"]}
        raise SecretsError("no_service")

    async def ask(self, call: Call) -> dict[str, object]:
        """
        What the running service answers; starts none. When the service is gone or does not know us, nothing was done,
        so the request is sent once more to the one that `ensure` names now. What may have been carried out is not.

        Raises the service's error, `no_service` where none runs, `offline` or `timeout` (reason `unfinished` where a
        change may or may not have been made).
        """
        for _ in range(2):
            answer = await self._try(await self._running(), call)
            if answer is not None:
                return content_of(answer)
        raise SecretsError("no_service")

    async def listen(self) -> None:
        """Hears of changes from a service that runs, and starts none. Raises `no_service`, `elsewhere`, `timeout`."""
        await self._running()

    async def ask_in_full(self, call: Call) -> dict[str, object]:
        """As `ask`, with a token that may name places, made for this one request. No place comes from a page."""
        await self._running()
        found = await self._ensure(start=False, scope="full")
        if not isinstance(found, Running):
            raise SecretsError("no_service")
        loopback = Loopback(found.port, found.token)
        try:
            return content_of(await send(loopback, call))
        except Unreached as error:
            raise error.error from None
        finally:
            loopback.close()

    async def close(self) -> None:
        """Ends the stream and all requests, and tells the service that this client will not come back."""
        self._closed = True
        if self._asking is not None:
            self._asking[1].cancel()
        loopback, self._loopback = self._loopback, None
        if loopback is None:
            return
        goodbye = Call("POST", f"{API}/leave", b"{}", timeout=LEAVE)
        with suppress(Unreached, SecretsError, asyncio.TimeoutError):  # it has ended already
            await asyncio.wait_for(send(loopback, goodbye), LEAVE)
        loopback.close()

    async def _running(self) -> Loopback:
        found = await self._find(start=False)
        if isinstance(found, Elsewhere):
            raise SecretsError("elsewhere", {"host": found.host} if found.host else {})
        if isinstance(found, NotRunning):
            raise SecretsError("no_service")
        return found

    async def _find(self, start: bool) -> Loopback | NotRunning | Elsewhere:
        if self._loopback is None:
            answer = await self._ask_ensure(start)
            if not isinstance(answer, Running):
                return answer
            if self._closed:
                raise SecretsError("cancelled")
            if self._loopback is None:
                self._loopback = Loopback(answer.port, answer.token)
                self._era += 1
                self._listen(self._loopback)
        return self._loopback

    async def _ask_ensure(self, start: bool) -> Ensured:
        """Asks `ensure` once for all who ask at the same time."""
        while self._asking is not None:
            asked_to_start, asking = self._asking
            answer = await asyncio.shield(asking)
            # Who wants it started does not take "none" for an answer.
            if not isinstance(answer, NotRunning) or asked_to_start or not start:
                return answer
        if self._closed:
            raise SecretsError("cancelled")
        asking = asyncio.ensure_future(self._ensure_now(start))
        asking.add_done_callback(heard)
        self._asking = (start, asking)
        return await asyncio.shield(asking)

    async def _ensure_now(self, start: bool) -> Ensured:
        try:
            answer = await self._ensure(start=start)
        finally:
            self._asking = None
        self._log.debug("Secrets service asked for (start: %s): %s", start, type(answer).__name__)
        return answer

    async def _try(self, loopback: Loopback, call: Call) -> Answer | None:
        """The answer, or null when this service is gone or does not know us; then it is forgotten."""
        answer = await attempt(loopback, call, self._log)
        if answer is None:
            self._drop(loopback)
        return answer

    def _listen(self, loopback: Loopback) -> None:
        loop = asyncio.get_running_loop()
        self._forget_revisions()

        def changed(vault: str, revision: int) -> None:
            if self._loopback is loopback:
                self._revisions[vault] = revision
            self._listener.changed(vault, revision)

        def ended(opened: bool) -> None:
            if self._loopback is loopback:
                self._forget_revisions()
            if self._closed:
                return
            if opened:
                self._listener.lost()
                loop.call_later(LISTEN_AGAIN, again)
            else:
                self._drop(loopback)

        def again() -> None:
            if self._loopback is loopback and not self._closed:
                self._listen(loopback)

        ChangeStream(loopback, changed, ended)

    def _drop(self, loopback: Loopback) -> None:
        loopback.retire()
        if self._loopback is loopback:
            self._loopback = None
            self._forget_revisions()

    def _forget_revisions(self) -> None:
        self._revisions.clear()
        self._streams += 1
