"""Kernels find their server wherever it listens."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import StartJupyter
from jupyter_client.blocking import BlockingKernelClient
from support.bundle import ROOT
from support.home import Home, wait_until
from support.kernels import PATIENCE, notebook_with

from jupyterlab_datalayer_secrets.program import find_program, service_environment

VALUE = "canary-value-of-a-token"
SHOW = "import os; print(len(os.environ.get('HF_TOKEN', '')))"


def own_address() -> str | None:
    """One of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        found = str(one.getsockname()[0])
    return None if found.startswith("127.") else found


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
            return True
    except OSError:
        return False


@pytest.mark.parametrize("ip", ["::1", "::", "own"])
async def test_at_its_one_address(start: StartJupyter, ip: str) -> None:
    found = own_address() if ip == "own" else ip
    if found is None or (":" in found and not has_ipv6()):
        pytest.skip("this machine has no such address")
    jupyter = await start({"ServerApp": {"ip": found}, "IdentityProvider": {"token": "canary-jupyter"}})
    notebook = await notebook_with(jupyter, VALUE)
    kernel = await notebook.open()
    host = f"[{'::1' if found == '::' else found}]" if ":" in found else found
    assert kernel.environ["DATALAYER_SECRETS_URL"] == f"http://{host}:{jupyter.app.port}/datalayer-secrets/kernel"
    assert await kernel.run(SHOW) == f"{len(VALUE)}\n"


async def test_behind_a_certificate_that_nobody_signed(start: StartJupyter, tmp_path: Path) -> None:
    files = {"certfile": str(tmp_path / "own.pem"), "keyfile": str(tmp_path / "own.key")}
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=elsewhere.example", "-days", "2"]
    subprocess.run([*made, "-out", files["certfile"], "-keyout", files["keyfile"]], check=True, capture_output=True)
    jupyter = await start({"ServerApp": files})
    notebook = await notebook_with(jupyter, VALUE)
    kernel = await notebook.open()
    assert kernel.environ["DATALAYER_SECRETS_URL"].startswith("https://127.0.0.1:")
    assert await kernel.run(SHOW) == f"{len(VALUE)}\n"


def is_ready(client: BlockingKernelClient) -> bool:
    """To a client that did not start it a kernel that is slow seems dead."""
    try:
        client.wait_for_ready(timeout=PATIENCE)
    except RuntimeError:
        return False
    return True


class Server:
    """A server in a process of its own, as `jupyter server` starts it."""

    def __init__(self, folder: Path, *words: str) -> None:
        folder.mkdir(exist_ok=True)
        self.log = folder.with_suffix(".log")
        arguments = [
            "--no-browser",
            "--allow-root",
            f"--ServerApp.root_dir={folder}",
            "--IdentityProvider.token=canary",
        ]
        extension = "--ServerApp.jpserver_extensions={'jupyterlab_datalayer_secrets': True}"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_server", *arguments, extension, *words],
                env={**os.environ, "PYTHONPATH": str(ROOT / "jupyterlab-plugin")},
                stdout=log,
                stderr=log,
            )
        self.runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
        self.said: dict[str, Any] = {}
        wait_until(self._has_told, PATIENCE)
        wait_until(self._listens, PATIENCE)  # it writes the file before that

    def _has_told(self) -> bool:
        """Its address, in a file that is there before all of it is written."""
        assert self.process.poll() is None, "it ended"
        for file in self.runtime.glob("jpserver-*.json"):
            with suppress(ValueError):
                self.said = json.loads(file.read_text())
        return bool(self.said)

    def _connect(self) -> socket.socket:
        if self.said["sock"]:
            connected = socket.socket(socket.AF_UNIX)
            connected.settimeout(PATIENCE)
            connected.connect(self.said["sock"])
            return connected
        return socket.create_connection(("127.0.0.1", self.said["port"]), PATIENCE)

    def _listens(self) -> bool:
        try:
            self._connect().close()
        except OSError:
            return False
        return True

    def ask(self, method: str, path: str, body: object) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1")
        connection.sock = self._connect()
        headers = {"Authorization": "token canary", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status < 300, said
        return json.loads(said)

    def run(self, kernel_id: str, code: str) -> str:
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel_id}.json"))
        client.load_connection_file()
        client.start_channels()
        printed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            printed.append(message["content"].get("text", "") if message["msg_type"] == "stream" else "")

        try:
            wait_until(lambda: is_ready(client), PATIENCE)
            client.execute_interactive(code, timeout=PATIENCE, output_hook=hear)
        finally:
            client.stop_channels()
        return "".join(printed)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def secret(home: Home) -> None:
    """An open vault with one secret."""
    assert home.cli("setup", "--key-file", str(home.folder / "key"))["state"] == "open"
    command = [*find_program(), "create", "HF_TOKEN"]
    subprocess.run(command, input=VALUE.encode(), env=service_environment(), check=True, capture_output=True)


@pytest.fixture(params=["port", "socket"])
def server(request: pytest.FixtureRequest, tmp_path: Path, secret: None) -> Iterator[Server]:
    """Two whose address is known only when they listen."""
    where = "--ServerApp.port=0" if request.param == "port" else f"--ServerApp.sock={tmp_path / 's'}"
    server = Server(tmp_path / "folder", where, "--ServerApp.base_url=/user/ada/")
    yield server
    server.close()


async def test_at_a_port_or_socket_that_is_known_only_when_it_listens(server: Server) -> None:
    def work() -> tuple[str, str]:
        content = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        server.ask("PUT", "/user/ada/api/contents/a.ipynb", {"type": "notebook", "content": content})
        grant = {"path": "a.ipynb", "vault": "local", "name": "HF_TOKEN"}
        server.ask("POST", "/user/ada/datalayer-secrets/grants", grant)
        session = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
        kernel = server.ask("POST", "/user/ada/api/sessions", session)["kernel"]["id"]
        show = "import datalayer_secrets as d; print(len(d.get('HF_TOKEN')), d.get('HF_TOKEN'))"
        return server.run(kernel, SHOW), server.run(kernel, show)

    assert await asyncio.to_thread(work) == (f"{len(VALUE)}\n", f"{len(VALUE)} [HF_TOKEN]\n")
    log = server.log.read_text()
    assert VALUE not in log
    assert "Kernel started" in log
