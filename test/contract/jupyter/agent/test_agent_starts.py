"""Every way in which a kernel is started: it can ask, and for nothing but what its notebook may use."""

from __future__ import annotations

import os
import signal

from conftest import StartJupyter
from support.home import Home, wait_until
from support.kernels import Kernel, until, write_notebook
from support.server import Jupyter

VALUE = "canary-value-of-a-token"


async def test_a_first_start_gets_an_address_a_capability_and_what_is_granted(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    await jupyter.create("HF_TOKEN", VALUE)
    await jupyter.create("OTHER", "canary-of-another")
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("HF_TOKEN")
    kernel = await notebook.open()
    environ = kernel.environ
    assert environ["DATALAYER_SECRETS_URL"] == f"{jupyter.origin}/datalayer-secrets/kernel"
    assert len(kernel.capability) == 43
    assert VALUE not in environ.values()
    assert await kernel.variables() == {"variables": {"HF_TOKEN": VALUE}, "left_out": {}, "redact": True}
    assert (await kernel.ask("/secrets")).json == {"names": ["HF_TOKEN"]}
    assert (await kernel.get("HF_TOKEN")).json == {"name": "HF_TOKEN", "value": VALUE}
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    assert VALUE not in jupyter.log.text
    assert kernel.capability not in jupyter.log.text
