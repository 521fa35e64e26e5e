"""What all routes for pages have in common: what they refuse, and the one form of their answers."""

from __future__ import annotations

import asyncio
import functools
import json
import re
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from jupyter_server.base.handlers import APIHandler

from . import bodies
from .errors import SecretsError, failure_body

if TYPE_CHECKING:
    from .page import PageService

PREFIX: Final = "datalayer-secrets"

#: Message, content, HTTP status.
Reply = tuple[str, dict[str, object], int]


class PageHandler(APIHandler):
    """What the routes have in common."""

    auth_resource = "datalayer_secrets"

    def initialize(self, page: Callable[[], PageService]) -> None:
        self._page = page
        self._work: asyncio.Future[Reply] | None = None

    @property
    def page(self) -> PageService:
        return self._page()

    def body(self, kind: bodies.Body) -> dict[str, object]:
        """Raises `invalid`, `too_large`."""
        if not re.fullmatch(
            r"application/json(; ?charset=utf-8)?", self.request.headers.get("Content-Type", ""), re.IGNORECASE
        ):
            raise SecretsError("invalid", {"field": "body"}, status=415)
        return kind.parse(self.request.body)

    def demand_no_query(self) -> None:
        """JupyterLab's requests have a number there, against caches, and nothing else. Raises `invalid`."""
        if not re.fullmatch(r"\d{0,20}", self.request.query):
            raise SecretsError("invalid")

    def vault(self, vault: str) -> str:
        """Raises `not_found` for what is no id, `forbidden` for the local vault where it is not allowed."""
        if not re.fullmatch(r"[a-z0-9-]{1,32}", vault):
            raise SecretsError("not_found")
        self.page.demand_vault(vault)
        return vault

    def secret(self, vault: str, uid: str) -> str:
        """The path of one secret."""
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", uid):
            raise SecretsError("not_found")
        return f"/vaults/{self.vault(vault)}/api/iam/v1/secrets/{uid}"

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def on_connection_close(self) -> None:
        """The page gave up: so is what it asked for, where that is still possible."""
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()

    async def reply(self, work: Awaitable[Reply]) -> None:
        """The one place where work becomes an answer, and a failure one of the table."""
        self._work = asyncio.ensure_future(work)
        try:
            message, content, status = await self._work
        except asyncio.CancelledError:
            self.fail(SecretsError("cancelled"))
        except SecretsError as error:
            self.fail(error)
        except Exception as error:
            # Only its class and the lines of code: a message may repeat what was sent.
            lines = [f"{line.filename}:{line.lineno}" for line in traceback.extract_tb(error.__traceback__)]
            self.log.error("%s in %s", type(error).__name__, " < ".join(reversed(lines)))
            self.fail(SecretsError("unexpected"))
        else:
            self.set_status(status)
            self.write_json({"success": True, "message": message, **content})

    def fail(self, error: SecretsError) -> None:
        self.set_status(error.status, reason="Failed" if error.status == 499 else None)
        wait = error.details.get("seconds")
        if error.kind in ("rate_limited", "busy") and isinstance(wait, int):
            self.set_header("Retry-After", str(wait))
        self.log.info("Secrets: %s %s", self.request.method, error.kind)
        self.write_json(failure_body(error))

    def write_json(self, body: dict[str, object]) -> None:
        self.finish(json.dumps(body, separators=(",", ":"), ensure_ascii=False))


def answered(method: Callable[..., Awaitable[Reply]]) -> Callable[..., Awaitable[None]]:
    """A verb that gives its reply, or raises."""

    @functools.wraps(method)
    async def verb(self: PageHandler, *words: str) -> None:
        async def work() -> Reply:
            self.demand_no_query()
            return await method(self, *words)

        await self.reply(work())

    return verb
