"""A real ipykernel with the helper, as the Jupyter server starts it, and all that it says."""

from __future__ import annotations

import base64
import json
import os
import sys
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from typing_extensions import Self

import jupyterlab_datalayer_secrets
from jupyterlab_datalayer_secrets.kernels.command import FLAG

HELPER = Path(jupyterlab_datalayer_secrets.__file__).parent / "kernel"
#: Seconds that a busy machine may take.
PATIENCE = 60.0


class _Manager(KernelManager):
    own_spec: KernelSpec

    @property
    def kernel_spec(self) -> KernelSpec:
        return self.own_spec


@dataclass
class Said:
    """What came of running a cell."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)

    def streamed(self, name: str = "stdout") -> str:
        return "".join(m["content"]["text"] for m in self.of("stream") if m["content"]["name"] == name)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["msg_type"] == kind]

    @property
    def error(self) -> str:
        """`name: message` of the exception that ended it, or nothing."""
        content = self.reply["content"]
        return f"{content['ename']}: {content['evalue']}" if content["status"] == "error" else ""

    @property
    def result(self) -> str:
        return "".join(str(message["content"]["data"]["text/plain"]) for message in self.of("execute_result"))


class RunningKernel:
    """A context. `raw` has every part of every message that it sent, as bytes; `log` what it and its children wrote."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, packages: Path | None = None, flags: str = "") -> None:
        """`packages` is a folder whose packages come before those of this environment; `flags` are Python's."""
        self.raw: list[bytes] = []
        self._log = folder / "kernel.log"
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        path = [str(HELPER), *([str(packages)] if packages else [])]
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "IPYTHONDIR": str(home / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(path),
            **env,
        }
        argv = [sys.executable, *flags.split(), "-m", "ipykernel_launcher", "-f", "{connection_file}", FLAG]
        self.manager = _Manager(connection_file=str(folder / "connection.json"))
        self.manager.own_spec = KernelSpec(argv=argv, display_name="Python", language="python")
        self.history = home / "ipython" / "profile_default" / "history.sqlite"
        self._out: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._out = self._log.open("wb")
        self.manager.start_kernel(env=self.env, stdout=self._out, stderr=self._out)
        self.client: BlockingKernelClient = self.manager.client()
        unpack = self.client.session.unpack

        def keep(part: bytes) -> Any:
            self.raw.append(bytes(part))
            return unpack(part)

        self.client.session.unpack = keep
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        assert self._out is not None
        self._out.close()

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def run(self, code: str, **how: Any) -> Said:
        """Runs a cell to its end. It may fail."""
        asked = self.client.execute(code, **how)
        return self.answer(asked)

    def value(self, expression: str) -> Any:
        """What this is in the kernel, as long as JSON can write it. Runs as a cell: variables are pulled before."""
        said = self.run(f"import json as _json; print(_json.dumps({expression}))")
        assert said.error == "", said.error
        return json.loads(said.streamed())

    def ask(self, kind: str, content: dict[str, Any]) -> Said:
        """Any other request on the shell channel."""
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return self.answer(message["header"]["msg_id"])

    def until_streamed(self, said: Said, text: str) -> None:
        """What subprocesses print may come after the cell: waits until this is in it, and adds what came."""
        while text not in said.streamed() + said.streamed("stderr"):
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "stream":
                said.messages.append(message)

    def answer(self, asked: str) -> Said:
        """What comes of a request that was sent."""
        said = Said()
        while not said.reply:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == asked:
                said.reply = reply
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != asked:
                continue
            said.messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return said


def leaks(value: str, raw: list[bytes]) -> list[str]:
    """The forms of a value that are in what a kernel sent. Does not use a line of what it tests."""
    texts = [*_texts(raw)]
    everything = "\0".join(texts)
    data = value.encode()
    found = [kind for kind, form in _forms(value, data) if form in everything]
    cores = [base64.b64encode(b"\0" * n + data).decode() for n in range(3)]
    for shift, core in enumerate(cores):
        # Only what is certain to come of the value alone.
        certain = core[(0, 2, 3)[shift] : len(core) - 4]
        if certain in everything or certain.translate(str.maketrans("+/", "-_")) in everything:
            found.append(f"base64 shifted by {shift}")
    return found


def _forms(value: str, data: bytes) -> Iterator[tuple[str, str]]:
    yield "plain", value
    yield "repr", repr(value)[1:-1]
    yield "JSON", json.dumps(value)[1:-1]
    yield "bytes", repr(data)[2:-1]
    yield "hex", data.hex()
    yield "HEX", data.hex().upper()
    yield "URL", urllib.parse.quote(value, safe="")
    yield "URL with +", urllib.parse.quote_plus(value)


def _texts(raw: list[bytes]) -> Iterator[str]:
    """Every text in every message, and what came of each stream, put together."""
    streams: dict[str, str] = {}
    for part in raw:
        content = json.loads(part)
        if {*content} == {"name", "text"}:
            streams[content["name"]] = streams.get(content["name"], "") + content["text"]
        yield from _strings(content)
    yield from streams.values()


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield key
            yield from _strings(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _strings(inner)
