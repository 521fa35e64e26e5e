"""All that is done for the kernels of one server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from jupyter_server.serverapp import ServerApp

from .agent import Agent
from .log_pipe import clean_output
from .reads import Reads
from .redaction import Redactions
from .websocket import clean_messages

if TYPE_CHECKING:
    from ..grants.book import GrantBook
    from ..page import PageService
    from ..service import Ensure


class Kernels:
    """
    Built with the first kernel that starts. From then on pages get no value in messages, and the server's log none from
    kernels that are prepared: also after `close`, as kernels outlive us.
    """

    def __init__(self, app: ServerApp, page: Callable[[], PageService], book: GrantBook, ensure: Ensure) -> None:
        self.agent = Agent(app, page, book, Reads(ensure, app.log), app.log)
        self._redactions = Redactions(self.agent)
        clean_messages(app, self._redactions)

    def prepare(self, provisioner: KernelProvisionerBase) -> None:
        """What the kernel prints beside its messages is cleaned."""
        clean_output(provisioner, self._redactions)

    def close(self) -> None:
        self.agent.close()
