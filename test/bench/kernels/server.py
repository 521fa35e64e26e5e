"""A real Jupyter server in a process of its own, and what is asked of it."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typing_extensions import Self

from page import Page

PLUGIN = Path(__file__).resolve().parents[3] / "jupyterlab-plugin"
#: Where this machine's own keychain, vault, proxy and Jupyter are, and how its Pythons keep what they compiled.
FOREIGN = re.compile(
    r"proxy$|^(DBUS|XDG|JUPYTER|JPY|DATALAYER|NODE)_|^PYTHON|^(DISPLAY|WAYLAND_DISPLAY)$", re.IGNORECASE
)
NOTEBOOK = {"type": "notebook", "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}
#: Kernels without our helper: variables come at their start, and messages are cleaned on the server's side.
OTHERS = {
    "bash": [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"],
    "isolated": [sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
}
#: Seconds that a busy machine may take for anything.
PATIENCE = 120.0


class Server:
    """A context. With the extension the service runs as well, its vault open."""

    def __init__(self, *, extension: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._extension = extension
        self._token = secrets.token_hex(16)
        folder = Path(self._folder.name)
        self.home = folder / "home"
        for name, argv in OTHERS.items():
            place = folder / "data" / "kernels" / name
            place.mkdir(parents=True)
            (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": name}))
        (folder / "notebooks").mkdir()
        self.home.mkdir()
        places = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
        own = {"HOME": str(self.home), "DATALAYER_SECRETS_HOME": str(self.home / "secrets")}
        inherited = {name: text for name, text in os.environ.items() if not FOREIGN.search(name)}
        self._environment = {
            **inherited,
            **places,
            **own,
            # The default service of this user: nobody is there.
            "DATALAYER_IAM_URL": "http://127.0.0.1:9",
            "JUPYTER_NO_CONFIG": "1",
            "JUPYTER_TOKEN": self._token,
            "PYTHONPATH": str(PLUGIN),
        }

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--port=0"),
                f"--ServerApp.jpserver_extensions={{'jupyterlab_datalayer_secrets': {self._extension}}}",
                # Leaves messages out.
                "--ZMQChannelsWebsocketConnection.limit_rate=False",
                # Ends pages that do not answer, as those do not whose turn it is not.
                "--ServerApp.tornado_settings={'ws_ping_interval': 0}",
            ],
            cwd=folder / "notebooks",
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._process.pid
        end = time.monotonic() + PATIENCE
        while not (origin := self._find(folder / "runtime")):
            assert time.monotonic() < end and self._process.poll() is None, "the server does not start"
            time.sleep(0.02)
        self.origin = origin
        if self._extension:
            self.ask("POST", "datalayer-secrets/ensure", {"start": True, "quiet": False})
            self.ask("POST", "datalayer-secrets/api/vault/v1/setup", {"slot": "file"})
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        if self._extension:
            os.kill(self.service, signal.SIGKILL)
        self._folder.cleanup()

    @property
    def service(self) -> int:
        """The process that has the secrets."""
        runs = [json.loads(file.read_text()) for file in (self.home / "secrets" / "run").glob("*.json")]
        return next(int(run["pid"]) for run in runs if "pid" in run)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What is answered. Raises for any failure."""
        request = urllib.request.Request(
            f"{self.origin}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self._token}", "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")

    def store(self, values: Sequence[str]) -> list[str]:
        """Makes secrets of these; their names."""
        names = [f"BENCH_{at}" for at in range(len(values))]
        for name, value in zip(names, values, strict=True):
            secret = {"name": name, "description": "", "variant": "token", "value": value, "encoding": "plain"}
            self.ask("POST", "datalayer-secrets/vaults/local/api/iam/v1/secrets", secret)
        return names

    def write(self, path: str, allowed: Sequence[str] = ()) -> str:
        """Makes a notebook that may use these; its path."""
        self.ask("PUT", f"api/contents/{path}", NOTEBOOK)
        for name in allowed:
            self.ask("POST", "datalayer-secrets/grants", {"path": path, "vault": "local", "name": name})
        return path

    def start(self, path: str, kernel: str = "python3") -> Session:
        """A session of this notebook with a new kernel."""
        said = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
        return Session(self, self.ask("POST", "api/sessions", said))

    def open_page(self, kernel: str) -> Page:
        return Page(self.origin, self._token, kernel)

    def _find(self, runtime: Path) -> str | None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                origin = f"http://127.0.0.1:{json.loads(file.read_text())['port']}"
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{origin}/api", timeout=10).close()
            except (OSError, ValueError):
                return None
            return origin
        return None


class Session:
    """A notebook's kernel and a page that is connected to it; a context, after which the kernel is gone."""

    def __init__(self, server: Server, said: dict[str, Any]) -> None:
        self.server = server
        self._id = str(said["id"])
        self.page = server.open_page(str(said["kernel"]["id"]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()
        self.server.ask("DELETE", f"api/sessions/{self._id}")
