"""Kernels of a server as a test meets them: code that runs in one, its environment, and what it asks us."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from support.contents import Contents
from support.home import Home
from support.server import Jupyter, Reply

#: Seconds that a busy machine may take for anything that is asked of a kernel.
PATIENCE = 120.0


class Kernel:
    """One kernel of the server, whichever process it is at the moment."""

    def __init__(self, jupyter: Jupyter, kernel_id: str) -> None:
        self._jupyter = jupyter
        self.id = kernel_id

    @property
    def manager(self) -> Any:
        return self._jupyter.app.kernel_manager.get_kernel(self.id)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)

    @property
    def environ(self) -> dict[str, str]:
        """What its process was started with."""
        entries = Path(f"/proc/{self.pid}/environ").read_bytes().decode().split("\0")
        return dict(entry.split("=", 1) for entry in entries if "=" in entry)

    @property
    def capability(self) -> str:
        return self.environ["DATALAYER_SECRETS_TOKEN"]

    async def run(self, code: str) -> str:
        """All that this prints, errors too. By ZMQ: nothing on the server's side touches it."""
        async with self._client() as client:
            message = client.execute(code)
            return await asyncio.wait_for(self._printed(client, message), PATIENCE)

    async def ask(
        self, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET", capability: str | None = None
    ) -> Reply:
        """A request to the route for kernels at the address that it was given."""
        path = urlsplit(self.environ["DATALAYER_SECRETS_URL"]).path + path
        token = {"Datalayer-Secrets-Token": self.capability if capability is None else capability}
        return await self._jupyter.raw(method, path, None, {**token, **(headers or {})})

    async def variables(self) -> dict[str, Any]:
        reply = await self.ask("/variables")
        assert reply.status == 200, reply.text
        said: dict[str, Any] = reply.json
        return said

    async def get(self, name: str) -> Reply:
        return await self.ask(f"/secrets/{quote(name, safe='')}")

    async def restart(self) -> None:
        await Contents(self._jupyter).ask("POST", f"kernels/{self.id}/restart", {})

    async def shut_down(self) -> None:
        await Contents(self._jupyter).ask("DELETE", f"kernels/{self.id}")

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Any]:
        client = self.manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=PATIENCE)
            yield client
        finally:
            client.stop_channels()

    async def _printed(self, client: Any, message: str) -> str:
        printed = ""
        while True:
            said = await client.get_iopub_msg()
            if said["parent_header"].get("msg_id") != message:
                continue
            content = said["content"]
            if said["msg_type"] == "stream":
                printed += content["text"]
            elif said["msg_type"] == "error":
                printed += f"{content['ename']}: {content['evalue']}"
            elif said["msg_type"] == "status" and content["execution_state"] == "idle":
                return printed


class Notebook:
    """A notebook's file, and the session that a page has for it."""

    def __init__(self, jupyter: Jupyter, path: str) -> None:
        self.path = path
        self._jupyter = jupyter
        self._contents = Contents(jupyter)
        self.session: dict[str, Any] = {}

    async def open(self, kernel: str = "python3") -> Kernel:
        """As JupyterLab does: the session has the file's name at first, and its path afterwards."""
        folder, _, name = self.path.rpartition("/")
        provisional = f"{folder}/" * bool(folder) + "0d6b1f2e-6f0a-4a53-9b1e-0c1d2e3f4a5b"
        self.session = await self._contents.open(provisional, name, kernel={"name": kernel})
        self.session = await self._contents.change(self.session, path=self.path, name=name)
        return Kernel(self._jupyter, str(self.session["kernel"]["id"]))

    async def join(self, kernel: Kernel) -> None:
        """Uses a kernel that is there."""
        name = self.path.rpartition("/")[2]
        self.session = await self._contents.open(self.path, name, kernel={"id": kernel.id})

    async def rename(self, path: str) -> None:
        """As JupyterLab does: the file, then the session."""
        await self._contents.rename(self.path, path)
        self.path = path
        if self.session:
            self.session = await self._contents.change(self.session, path=path, name=path.rpartition("/")[2])

    async def allow(self, *names: str, vault: str = "local") -> str:
        """The id of the notebook."""
        for name in names:
            reply = await self._jupyter.ask("POST", "/grants", {"path": self.path, "vault": vault, "name": name})
            assert reply.status == 201, reply.text
        return str(reply.json["notebook"])

    async def revoke(self, name: str, vault: str = "local") -> None:
        notebook = (await self.state(None))["id"]
        body = {"notebook": notebook, "vault": vault, "name": name}
        assert (await self._jupyter.ask("POST", "/grants/revoke", body)).status == 200

    async def state(self, kernel: Kernel | None) -> dict[str, Any]:
        body = {"path": self.path, "kernel": None if kernel is None else kernel.id}
        reply = await self._jupyter.ask("POST", "/notebooks/state", body)
        assert reply.status == 200, reply.text
        said: dict[str, Any] = reply.json["notebook"]
        return said

    async def states(self, kernel: Kernel | None) -> dict[str, str]:
        """What the page shows of each secret, with the reason where there is one."""
        rows = (await self.state(kernel))["secrets"]
        return {row["name"]: " ".join(filter(None, [row["state"], row["reason"]])) for row in rows}


#: A Python that takes nothing from around it, so our helper is not in it: what it gets it gets at its start.
ISOLATED = (sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}")


def install_kernel(name: str, argv: Sequence[str], **more: object) -> str:
    """Makes a kernel known to servers."""
    folder = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / name
    folder.mkdir(parents=True)
    said = {"argv": argv, "display_name": name, "language": name, **more}
    (folder / "kernel.json").write_text(json.dumps(said))
    return name


async def write_notebook(jupyter: Jupyter, path: str) -> Notebook:
    await Contents(jupyter).write(path)
    return Notebook(jupyter, path)


async def notebook_with(jupyter: Jupyter, value: str) -> Notebook:
    """One that may use a secret with this value, `HF_TOKEN`, in a vault that is set up for it."""
    await jupyter.set_up()
    await jupyter.create("HF_TOKEN", value)
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("HF_TOKEN")
    return notebook


def reads(home: Home) -> list[dict[str, Any]]:
    """Reads in the audit trail, the oldest first."""
    events: Any = home.cli("audit", "--limit", "1000")
    return [event for event in reversed(events) if event["action"] in ("reveal", "remote_reveal")]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what comes true by itself."""
    end = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < end, "this did not come true in time"
        await asyncio.sleep(0.02)


def seen_by(jupyter: Jupyter) -> str:
    """All that the server logged and that clients which are no kernels got."""
    return jupyter.log.text + json.dumps([reply.text for reply in jupyter.replies])
