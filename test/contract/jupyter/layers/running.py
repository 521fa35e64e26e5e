"""A notebook that may use secrets, with a kernel that does not clean its messages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from conftest import StartJupyter
from languages import Language, demand
from page_socket import V1, PageSocket
from support.kernels import Kernel, Notebook, write_notebook
from support.server import Jupyter

#: By name, as different as values are: plain, what languages and markups write otherwise, lines, only digits.
VALUES = {
    "PLAIN": "canary_sk-live_0123456789abcdef",
    "ODD": "canary \"a\" 'b' \\w & <d> {e} %f #g $h ^i ~j |k [l] äöü€",
    "PEM": "-----BEGIN KEY-----\ncanaryMIIEowIBAAKCAQEA0123456789\ncanaryZm9vYmFyYmF6cXV4\n-----END KEY-----\n",
    "DIGITS": "90817263",
}
#: What nothing of them may hold. Digits are common.
CANARY = "canary"


@dataclass(frozen=True)
class Running:
    """A notebook that may use all of `VALUES`, and its kernel."""

    jupyter: Jupyter
    notebook: Notebook
    kernel: Kernel

    def page(self, protocol: str = V1, session: str | None = None) -> PageSocket:
        return PageSocket(
            self.jupyter.origin, self.jupyter.token, self.kernel.id, protocol, session or uuid.uuid4().hex
        )


async def run(start: StartJupyter, language: Language) -> Running:
    """Starts a server and a kernel of the language."""
    demand(language)
    # Jupyter's own limit leaves messages out.
    jupyter = await start({"ZMQChannelsWebsocketConnection": {"limit_rate": False}})
    await jupyter.set_up()
    for name, value in VALUES.items():
        await jupyter.create(name, value)
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow(*VALUES)
    return Running(jupyter, notebook, await notebook.open(language.name))
