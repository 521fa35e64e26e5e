"""The server extension: its settings, its routes, its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, TraitError, Unicode, validate

from . import events

if TYPE_CHECKING:
    from .grants.book import GrantBook
    from .kernels.kernels import Kernels
    from .page import PageService


class DatalayerSecrets(ExtensionApp):
    """
    Settings come from Jupyter's configuration (`c.DatalayerSecrets.…`) and the environment, never from a page. Loading
    adds routes and events, listens to the contents service and waits for kernels to start: all else, and the service,
    come with the first request or kernel.
    """

    name = "jupyterlab_datalayer_secrets"

    allow_local_vault = Bool(
        True,
        help="Whether pages may use the vault on this machine. If not, it is neither listed nor set up nor unlocked.",
    ).tag(config=True)

    origin = Unicode(
        "",
        help="Address of the Datalayer service to sign in to, as https://host. Empty: the default of this user.",
    ).tag(config=True)

    _page: PageService | None = None
    _book: GrantBook | None = None
    _kernels: Kernels | None = None
    _end_watch: Callable[[], None] | None = None
    _leave_starts: Callable[[], None] | None = None
    _ended = False

    @validate("origin")
    def _valid_origin(self, proposal: dict[str, Any]) -> str:
        return usable_origin(proposal["value"])

    def initialize_handlers(self) -> None:
        from .grants.handlers import routes as notebook_routes
        from .grants.watch import watch_contents
        from .handlers import routes
        from .kernels.handler import kernel_route
        from .kernels.provisioning import join_starts

        if not self._linked:
            # Jupyter goes on after a setting that it could not take, with all of them at their defaults.
            raise TraitError("The settings of DatalayerSecrets are not usable, so its routes are left out.")
        events.register(self._events())
        notebooks = notebook_routes(self.page, self.book, lambda: self.kernels().agent.state)
        kernel = kernel_route(lambda: self.kernels().agent)
        self.handlers.extend([*routes(self.page), *notebooks, kernel])
        assert self.serverapp is not None
        self._end_watch = watch_contents(self.serverapp, self.book)
        self._leave_starts = join_starts(self.serverapp, lambda: None if self._ended else self.kernels())

    def page(self) -> PageService:
        """The service, as pages use it."""
        if self._page is None:
            from .ensure import ensure
            from .page import PageService, Policy
            from .service import LocalService

            assert self.serverapp is not None
            log = self.serverapp.log
            policy = Policy(self.allow_local_vault, self.origin, os.environ.get("DATALAYER_API_KEY", ""))
            self._page = PageService(LocalService(ensure, self, log), policy, log)
        return self._page

    def book(self) -> GrantBook:
        """Which notebook may use what."""
        if self._book is None:
            from .grants.book import GrantBook

            assert self.serverapp is not None
            self._book = GrantBook(self.serverapp)
        return self._book

    def kernels(self) -> Kernels:
        """What kernels may have."""
        if self._kernels is None:
            from .ensure import ensure
            from .kernels.kernels import Kernels

            assert self.serverapp is not None
            self._kernels = Kernels(self.serverapp, self.page, self.book(), ensure)
        return self._kernels

    def changed(self, vault: str, revision: int) -> None:
        """The service says that a vault changed."""
        if vault != "local" or self.allow_local_vault:
            events.emit_change(self._events(), vault, revision)

    def lost(self) -> None:
        """The service says nothing any more."""
        events.emit_lost(self._events())

    async def stop_extension(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._leave_starts is not None:
            self._leave_starts()
        if self._kernels is not None:
            self._kernels.close()
        if self._end_watch is not None:
            self._end_watch()
        if self._book is not None:
            await self._book.close()
        page, self._page = self._page, None
        if page is not None:
            await page.close()

    def _events(self) -> EventLogger:
        assert self.serverapp is not None and self.serverapp.event_logger is not None
        return self.serverapp.event_logger


def usable_origin(text: str) -> str:
    """One spelling, as the service has it: without a slash at the end. Raises `TraitError` for what is no address."""
    if text == "":
        return text
    try:
        url = urlsplit(text.strip())
        local = url.hostname in ("localhost", "127.0.0.1", "::1")
        secure = url.scheme == "https" or (url.scheme == "http" and local)
        plain = not (url.username or url.password or url.query or url.fragment)
        if secure and plain and url.hostname and url.port != 0:
            return f"{url.scheme}://{url.netloc}{url.path}".rstrip("/").removesuffix("/api/iam/v1").rstrip("/")
    except ValueError:
        pass
    raise TraitError("DatalayerSecrets.origin must be an address like https://host, with nothing after it.")
