"""
What pages can ask about notebooks. The service has no part in any of it, and no answer holds a value.

  GET    grants                which notebooks of this host may use what
  POST   grants                this notebook may
  POST   grants/revoke         it may not
  POST   notebooks/state       what it may use, and what of it its kernel has
  PUT    notebooks/redaction   whether values are kept out of its outputs
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from .. import bodies, fields
from ..errors import SecretsError
from ..page_handler import PREFIX, PageHandler, Reply, answered

if TYPE_CHECKING:
    from ..page import PageService
    from .book import GrantBook
    from .grant import Grant, Notebook

#: Tells of a notebook and, if there is one, its kernel (by id): the fields of `fields.NOTEBOOK`.
State = Callable[["Notebook", "str | None"], Awaitable[dict[str, object]]]


class NotebookHandler(PageHandler):
    def initialize(  # type: ignore[override]
        self, page: Callable[[], PageService], book: Callable[[], GrantBook], state: Callable[[], State]
    ) -> None:
        super().initialize(page)
        self._book = book
        self._state = state

    @property
    def book(self) -> GrantBook:
        return self._book()

    def notebook(self, path: object) -> Notebook:
        """Raises `invalid` for what is no notebook by its name."""
        notebook = self.book.notebooks.at(str(path))
        if not notebook.path.endswith(".ipynb"):
            raise SecretsError("invalid", {"field": "path", "reason": "no-notebook"})
        return notebook

    async def real_notebook(self, path: object) -> Notebook:
        """Raises `not_found` where there is no such file."""
        notebook = self.notebook(path)
        if not await self.book.notebooks.exists(notebook):
            raise SecretsError("not_found", {"field": "path", "reason": "no-file"})
        return notebook

    @staticmethod
    def grant(body: dict[str, object]) -> Grant:
        from .grant import Grant

        return Grant(str(body["vault"]), str(body["name"]))


class GrantsHandler(NotebookHandler):
    @web.authenticated
    @authorized
    @answered
    async def get(self) -> Reply:
        return "These are the grants.", fields.GRANTS.of(await self.book.listed()), 200

    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        body = self.body(bodies.GRANT)
        self.page.demand_vault(str(body["vault"]))
        notebook = await self.real_notebook(body["path"])
        allowed = await self.book.allow(notebook, self.grant(body))
        said = {
            "notebook": notebook.id,
            "already": allowed.already,
            "replaced": allowed.replaced,
            "stored": self.book.grants.stored(notebook),
        }
        return "The notebook may use the secret.", fields.ALLOWED.of(said), 201


class RevokeHandler(NotebookHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        body = self.body(bodies.REVOCATION)
        await self.book.grants.revoke(str(body["notebook"]), self.grant(body))
        return "The notebook may not use the secret.", fields.NOTHING.of({}), 200


class StateHandler(NotebookHandler):
    @web.authenticated
    @authorized
    @answered
    async def post(self) -> Reply:
        body = self.body(bodies.NOTEBOOK)
        kernel = body["kernel"]
        state = await self._state()(self.notebook(body["path"]), kernel if isinstance(kernel, str) else None)
        return "This is known of the notebook.", fields.NOTEBOOK.of({"notebook": state}), 200


class RedactionHandler(NotebookHandler):
    @web.authenticated
    @authorized
    @answered
    async def put(self) -> Reply:
        body = self.body(bodies.REDACTION)
        notebook = await self.real_notebook(body["path"])
        self.book.grants.set_redaction(notebook, body["on"] is True)
        said = {"notebook": notebook.id, "redaction": self.book.grants.redacts(notebook)}
        return "This holds until the Jupyter server ends.", fields.REDACTION.of(said), 200


_ROUTES: Final = (
    ("grants", GrantsHandler),
    ("grants/revoke", RevokeHandler),
    ("notebooks/state", StateHandler),
    ("notebooks/redaction", RedactionHandler),
)


def routes(
    page: Callable[[], PageService], book: Callable[[], GrantBook], state: Callable[[], State]
) -> list[tuple[str, type[NotebookHandler], dict[str, Any]]]:
    """Patterns below the server's base address. What they use is called for with the first request."""
    parts = {"page": page, "book": book, "state": state}
    return [(url_path_join("/", PREFIX, path), handler, parts) for path, handler in _ROUTES]
