"""
What pages can ask of the service: one handler per route, none of which hands on a path, a header, a cookie or a query.
Each request to the service is made from scratch, each answer from a list of fields. (`grants/handlers.py` has the rest.)

  POST   ensure                                          the service: is it there, start it
  GET    api/vault/v1/status
  POST   api/vault/v1/setup | unlock | lock
  PUT    api/vault/v1/slots/passphrase
  GET    api/vault/v1/vaults                             POST: sign in
  DELETE api/vault/v1/vaults/{vault}                     sign out
  GET    vaults/{vault}/api/iam/v1/secrets               POST: create
  PUT    vaults/{vault}/api/iam/v1/secrets/{uid}         DELETE
  POST   vaults/{vault}/api/vault/v1/secrets/{uid}/replace
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from . import bodies, fields
from .call import API, PROMPT, Call, json_call
from .page_handler import PREFIX, PageHandler, Reply, answered

if TYPE_CHECKING:
    from .page import PageService

#: Bytes. 10,000 secrets with the longest descriptions are about 42 MB; with usual ones 5 MB.
MAX_LIST: Final = 1 << 26
#: Seconds. For a remote vault the service waits and tries again itself; whoever asks it has to outlast that.
PATIENCE: Final = 90.0


class EnsureHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        body = self.body(bodies.ENSURE)
        said = await self.page.ensure(start=body["start"] is True, quiet=body["quiet"] is True)
        return "This is known of the service.", fields.SERVICE.of(said), 200


class StatusHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def get(self) -> Reply:
        said = await self.page.ask(Call("GET", f"{API}/status"))
        return "The service is running.", fields.STATUS.of(said), 200


class SetupHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        call = json_call(Call("POST", f"{API}/setup", timeout=PROMPT), self.body(bodies.SETUP))
        return "The vault is set up.", fields.STATUS.of(await self.page.ask_local(call)), 200


class UnlockHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        call = json_call(Call("POST", f"{API}/unlock", timeout=PROMPT), self.body(bodies.UNLOCK))
        return "The vault is open.", fields.STATUS.of(await self.page.ask_local(call)), 200


class LockHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        call = json_call(Call("POST", f"{API}/lock"), self.body(bodies.NOTHING))
        return "The vault is locked.", fields.STATUS.of(await self.page.ask_local(call)), 200


class PassphraseHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def put(self) -> Reply:
        call = json_call(Call("PUT", f"{API}/slots/passphrase"), self.body(bodies.PASSPHRASE))
        return "The passphrase is set.", fields.STATUS.of(await self.page.ask_local(call)), 200


class VaultsHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def get(self) -> Reply:
        return "These are the vaults.", fields.VAULTS.of(await self.page.vaults()), 200

    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        body = self.body(bodies.SIGN_IN)
        said = await self.page.sign_in(body)
        return "Signed in.", fields.SIGN_IN.of(said), 200 if body.get("check") is True else 201


class VaultHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def delete(self, vault: str) -> Reply:
        shared = self.request.headers.get("X-Shared-Entry") == "delete"
        said = await self.page.sign_out(self.vault(vault), shared_entry_too=shared)
        return "Signed out.", fields.NOTHING.of(said), 200


class SecretsHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def get(self, vault: str) -> Reply:
        path = f"/vaults/{self.vault(vault)}/api/iam/v1/secrets"
        said = await self.page.ask(Call("GET", path, timeout=PATIENCE, limit=MAX_LIST))
        return "The secrets are listed.", fields.SECRETS.of(said), 200

    @web.authenticated
    @authorized
    @answered
    async def post(self, vault: str) -> Reply:
        path = f"/vaults/{self.vault(vault)}/api/iam/v1/secrets"
        said = await self.page.ask(json_call(Call("POST", path, timeout=PATIENCE), self.body(bodies.NEW_SECRET)))
        return "The secret was created.", fields.CHANGED.of(said), 201


class SecretHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def put(self, vault: str, uid: str) -> Reply:
        call = Call("PUT", self.secret(vault, uid), timeout=PATIENCE)
        said = await self.page.ask(json_call(call, self.body(bodies.CHANGES)))
        return "The secret was updated.", fields.CHANGED.of(said), 200

    @web.authenticated
    @authorized
    @answered
    async def delete(self, vault: str, uid: str) -> Reply:
        said = await self.page.ask(Call("DELETE", self.secret(vault, uid), timeout=PATIENCE))
        return "The secret was deleted.", fields.NOTHING.of(said), 200


class ReplaceHandler(PageHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self, vault: str, uid: str) -> Reply:
        path = self.secret(vault, uid).replace("/api/iam/", "/api/vault/") + "/replace"
        said = await self.page.ask(json_call(Call("POST", path, timeout=PATIENCE), self.body(bodies.REPLACEMENT)))
        return "The value was replaced.", fields.CHANGED.of(said), 200


#: An id that is none gets our own answer, so the patterns take any.
_ROUTES: Final = (
    ("ensure", EnsureHandler),
    ("api/vault/v1/status", StatusHandler),
    ("api/vault/v1/setup", SetupHandler),
    ("api/vault/v1/unlock", UnlockHandler),
    ("api/vault/v1/lock", LockHandler),
    ("api/vault/v1/slots/passphrase", PassphraseHandler),
    ("api/vault/v1/vaults", VaultsHandler),
    (r"api/vault/v1/vaults/([^/]+)", VaultHandler),
    (r"vaults/([^/]+)/api/iam/v1/secrets", SecretsHandler),
    (r"vaults/([^/]+)/api/iam/v1/secrets/([^/]+)", SecretHandler),
    (r"vaults/([^/]+)/api/vault/v1/secrets/([^/]+)/replace", ReplaceHandler),
)


def routes(page: Callable[[], PageService]) -> list[tuple[str, type[PageHandler], dict[str, Any]]]:
    """Patterns below the server's base address. `page` is called for with the first request."""
    return [(url_path_join("/", PREFIX, path), handler, {"page": page}) for path, handler in _ROUTES]
