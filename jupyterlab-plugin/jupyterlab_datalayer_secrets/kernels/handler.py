"""The one route for kernels, and the only one that gives out values. Nothing that a web page sends can use it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join

from ..page_handler import PREFIX
from .reasons import Refused

if TYPE_CHECKING:
    from .agent import Agent
    from .launch import Launch

HEADER: Final = "Datalayer-Secrets-Token"
#: With it a kernel says that it cleans its messages itself.
REDACTS: Final = "Datalayer-Secrets-Redacts"

_STATUS: Final[Mapping[str, int]] = {"not_granted": 403, "not_found": 404, "timeout": 504}
_MESSAGES: Final[Mapping[str, str]] = {
    "not_granted": "This notebook may not use this secret. Allow it in the Secrets panel, then run the cell again.",
    "not_found": "There is no such secret any more. Create it in the Secrets panel, or use another name.",
    "locked": "The vault is locked. Unlock it in the Secrets panel, then run the cell again.",
    "no_service": "The secrets service is not running. Open the Secrets panel, which starts it, and run the cell again.",
    "timeout": "The secret did not come in time. Run the cell again.",
    "failed": "The secret could not be read. The Secrets panel says more.",
}


class KernelHandler(APIHandler):
    """
    Whoever asks has to be a kernel that this server started: it shows the capability of that start. Jupyter's own token,
    cookies and users count for nothing here, so who that is is not asked.
    """

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, agent: Callable[[], Agent]) -> None:
        self._find_agent = agent

    async def prepare(self, **_: Any) -> None:
        self.current_user = self._jupyter_current_user = None
        launch = self._asking() if self.check_host() else None
        if launch is None:
            self._tell(403, {"code": "forbidden"})
        else:
            self._agent, self._launch = self._find_agent(), launch

    @allow_unauthenticated
    async def get(self, what: str) -> None:
        if self.request.query:
            self._tell(400, {"code": "invalid"})
        elif what == "variables":
            await self._get_variables()
        elif what == "secrets":
            self._tell(200, {"names": await self._agent.names(self._launch)})
        else:
            await self._get_secret(what.removeprefix("secrets/"))

    async def _get_variables(self) -> None:
        cleans_itself = self.request.headers.get(REDACTS) == "1"
        pulled = await self._agent.variables(self._launch, cleans_itself=cleans_itself)
        self.set_header("Etag", pulled.tag)
        if self.request.headers.get("If-None-Match") == pulled.tag:
            self.set_status(304)
            self.finish()
            return
        self._tell(200, {"variables": pulled.variables, "left_out": pulled.left_out, "redact": pulled.redact})

    async def _get_secret(self, name: str) -> None:
        try:
            value = await self._agent.secret(self._launch, name)
        except Refused as refused:
            self._tell(_STATUS.get(refused.code, 503), {"code": refused.code, "message": _MESSAGES[refused.code]})
        else:
            self._tell(200, {"name": name, "value": value})

    def _asking(self) -> Launch | None:
        """Null also for what comes from a browser, whatever else it has."""
        headers = self.request.headers
        if any(name in ("Origin", "Cookie") or name.startswith("Sec-Fetch-") for name in headers):
            return None
        capabilities = headers.get_list(HEADER)
        return self._find_agent().holder(capabilities[0]) if len(capabilities) == 1 else None

    def _tell(self, status: int, body: Mapping[str, object]) -> None:
        self.set_status(status)
        self.finish(json.dumps(body, separators=(",", ":"), ensure_ascii=False))

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> None:
        """None but our own: tornado's is a hash of what was written."""

    def write_error(self, status_code: int, **_: Any) -> None:
        self.finish(json.dumps({"code": "unexpected"}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Only its class: a message may repeat anything."""
        self.log.error("%s in an answer to a kernel", typ.__name__)

    def _log(self) -> None:
        """Without the path, which has the name of the secret."""
        self.log.debug("%d for a kernel in %.1f ms", self.get_status(), 1000 * self.request.request_time())


def kernel_route(agent: Callable[[], Agent]) -> tuple[str, type[KernelHandler], dict[str, Any]]:
    """Pattern below the server's base address. `agent` is called for with the first request."""
    return (url_path_join("/", PREFIX, r"kernel/(variables|secrets|secrets/[^/]+)"), KernelHandler, {"agent": agent})
