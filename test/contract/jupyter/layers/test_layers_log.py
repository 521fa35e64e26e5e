"""What kernels and their programs write to the server's own output."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import StartJupyter
from languages import BASH, ISOLATED, Language, R, demand
from page_socket import V1, PageSocket
from running import CANARY, VALUES, run
from support.bundle import ROOT
from support.contents import NOTEBOOK
from support.kernels import until
from support.server import free_port
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from typing_extensions import Self

#: Python with our helper, as users have it.
HELPED = Language("python3", (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"), "", (), "", "", 0)

#: Shell code that writes a value, and the capability or what a kernel keeps of it, to both outputs.
BOTH = (
    'echo "out $PLAIN $ODD $PEM $DATALAYER_SECRETS_TOKEN."; echo "err $PLAIN $ODD $PEM $DATALAYER_SECRETS_TOKEN." >&2'
)
#: How a program gets at what the kernel itself was started with.
WRITING = {
    "python3": f"import subprocess; subprocess.run({BOTH!r}, shell=True); None",
    "isolated": f"import subprocess; subprocess.run({BOTH!r}, shell=True); None",
    "bash": f"( {BOTH} ) > /proc/$PPID/fd/1 2> /proc/$PPID/fd/2",
    "ir": f"system({json.dumps(BOTH)})",
}


class Outputs:
    """A context, in which both outputs of this process, and so those of its server, go to different files."""

    def __init__(self, folder: Path) -> None:
        self._files = {number: folder / f"output-{number}" for number in (1, 2)}

    def __enter__(self) -> Self:
        self._before = {number: os.dup(number) for number in self._files}
        for number, file in self._files.items():
            with file.open("wb") as opened:
                os.dup2(opened.fileno(), number)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            os.dup2(before, number)
            os.close(before)

    @property
    def out(self) -> str:
        return self._files[1].read_text()

    @property
    def err(self) -> str:
        return self._files[2].read_text()


async def soon(holds: Callable[[], bool]) -> None:
    async def holds_now() -> bool:
        return holds()

    await until(holds_now)


@pytest.mark.parametrize("language", [HELPED, ISOLATED, BASH, R], ids=lambda language: language.name)
async def test_neither_output_of_the_server_gets_a_value(
    start: StartJupyter, tmp_path: Path, language: Language
) -> None:
    with Outputs(tmp_path) as outputs:
        running = await run(start, language)
        capabilities = []
        for turn in (1, 2):
            capabilities.append(running.kernel.capability)
            async with running.page() as page:
                await page.run(WRITING[language.name])
            await soon(lambda turn=turn: outputs.out.count("out [PLAIN] [ODD] [PEM]") == turn)  # type: ignore[misc]
            await soon(lambda turn=turn: outputs.err.count("err [PLAIN] [ODD] [PEM]") == turn)  # type: ignore[misc]
            await running.kernel.restart()
        assert "err [PLAIN]" not in outputs.out, "where there are two, each gets its own"
        assert "out [PLAIN]" not in outputs.err
        for text in (CANARY, *capabilities):
            assert text not in outputs.out + outputs.err


async def test_a_program_that_outlives_its_kernel_is_cleaned_to_its_end(start: StartJupyter, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    wait = f"while [ ! -e '{go_on}' ]; do sleep 0.05; done"
    with Outputs(tmp_path) as outputs:
        running = await run(start, BASH)
        async with running.page() as page:
            await page.run(
                f"(setsid bash -c '{wait.replace(chr(39), chr(34))}; echo \"late $PLAIN\"' > /proc/$PPID/fd/1 &)"
            )
        await running.kernel.shut_down()
        go_on.touch()
        await soon(lambda: "late" in outputs.out)
        assert "late [PLAIN]" in outputs.out
        await soon(lambda: not any(thread.name == "datalayer-secrets log" for thread in threading.enumerate()))


async def test_an_output_that_somebody_sent_elsewhere_goes_there(start: StartJupyter, tmp_path: Path) -> None:
    demand(BASH)
    jupyter = await start()
    own = tmp_path / "own.log"
    with own.open("wb") as file:
        kernel = await jupyter.app.kernel_manager.start_kernel(kernel_name=BASH.name, stdout=file.fileno())
    manager = jupyter.app.kernel_manager.get_kernel(kernel)
    links = [os.readlink(f"/proc/{manager.provisioner.pid}/fd/{number}") for number in (1, 2)]
    assert links[0] == str(own)
    assert links[1].startswith("pipe:")


async def test_a_kernel_that_is_to_outlive_the_server_is_left_alone(start: StartJupyter) -> None:
    demand(BASH)
    jupyter = await start()
    kernel = await jupyter.app.kernel_manager.start_kernel(kernel_name=BASH.name, independent=True)
    manager = jupyter.app.kernel_manager.get_kernel(kernel)
    for number in (1, 2):
        assert os.readlink(f"/proc/{manager.provisioner.pid}/fd/{number}") == os.readlink(f"/proc/self/fd/{number}")


async def test_a_hundred_thousand_lines_of_a_kernel_are_in_the_log_in_order(
    start: StartJupyter, tmp_path: Path
) -> None:
    with Outputs(tmp_path) as outputs:
        running = await run(start, BASH)
        async with running.page() as page:
            await page.run('for i in $(seq 100000); do echo "line $i $PLAIN"; done > /proc/$PPID/fd/1')
        await soon(lambda: "line 100000 " in outputs.out)
        lines = [line for line in outputs.out.splitlines() if line.startswith("line ")]
    assert lines == [f"line {number} [PLAIN]" for number in range(1, 100_001)]


def test_a_server_with_one_output_has_it_without_values_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand(BASH)
    demand(ISOLATED)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "jupyterlab-plugin"))
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    log = tmp_path / "server.log"
    options = ("--allow-root", "--no-browser", f"--port={free_port()}", "--debug", f"--ServerApp.root_dir={notebooks}")
    enabled = "--ServerApp.jpserver_extensions={'jupyterlab_datalayer_secrets': True}"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "jupyter_server", *options, enabled]
        server = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        asyncio.run(use(tmp_path / "runtime", server))
    finally:
        server.terminate()
        assert server.wait(60) == 0
    text = log.read_text()
    assert re.findall("[oe]\\d+ \\[PLAIN\\]", text) == [
        f"{one}{number} [PLAIN]" for number in range(1000) for one in "oe"
    ]
    assert text.count("program [PLAIN]") == 2
    assert CANARY not in text
    assert "Traceback" not in text


async def use(runtime: Path, server: subprocess.Popen[bytes]) -> None:
    """Lets kernels of that server write values to its log in many ways."""
    await soon(lambda: server.poll() is not None or any(runtime.glob("jpserver-*.json")))
    said = json.loads(next(runtime.glob("jpserver-*.json")).read_text())
    origin = said["url"].rstrip("/")

    async def ask(method: str, path: str, body: object) -> Any:
        headers = {"Authorization": f"token {said['token']}", "Content-Type": "application/json"}
        request = HTTPRequest(
            f"{origin}/{path}", method=method, body=json.dumps(body), headers=headers, request_timeout=120
        )
        return json.loads((await AsyncHTTPClient().fetch(request)).body or b"null")

    await soon(lambda: listens(said["port"]))
    await ask("POST", "datalayer-secrets/ensure", {"start": True, "quiet": False})
    await ask("POST", "datalayer-secrets/api/vault/v1/setup", {"slot": "file"})
    made = {"name": "PLAIN", "value": VALUES["PLAIN"]}
    await ask("POST", "datalayer-secrets/vaults/local/api/iam/v1/secrets", made)
    for language, code in (
        (BASH, '(for i in $(seq 0 999); do echo "o$i $PLAIN"; echo "e$i $PLAIN" >&2; done) > /proc/$PPID/fd/1 2>&1'),
        (ISOLATED, "import os; os.system('echo program $PLAIN; echo program $PLAIN >&2')"),
    ):
        path = f"{language.name}.ipynb"
        await ask("PUT", f"api/contents/{path}", NOTEBOOK)
        await ask("POST", "datalayer-secrets/grants", {"path": path, "vault": "local", "name": "PLAIN"})
        kind = {"path": path, "name": path, "type": "notebook", "kernel": {"name": language.name}}
        kernel = (await ask("POST", "api/sessions", kind))["kernel"]["id"]
        async with PageSocket(origin, said["token"], kernel, V1, "page") as page:
            await page.run(code)
            # What a program printed is copied beside the messages.
            await page.run(language.printing.replace("{}", "PLAIN"))


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
