"""Asking the bundled service to see to it that one runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from .errors import ERROR_KINDS, SecretsError, details_of
from .program import find_program, service_environment
from .threads import in_thread

#: Seconds: a cold start on a slow disk, with room; nothing here waits for a user.
TIMEOUT: Final = 60.0
#: What the audit trail calls us.
LABEL: Final = "JupyterLab"

Scope = Literal["page", "kernel", "full"]

if sys.platform == "win32":
    _NO_WINDOW: Final = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW: Final = 0


@dataclass(frozen=True)
class Running:
    """A service on a port of this machine. `state` is the local vault's: `new`, `locked`, `open`."""

    state: str
    port: int
    token: str = field(repr=False)
    version: str


@dataclass(frozen=True)
class NotRunning:
    """None runs. `used`: there is something to open; `quiet`: opening it is not expected to bring up a prompt."""

    used: bool
    quiet: bool


@dataclass(frozen=True)
class Elsewhere:
    """Another machine that shares the home folder holds the vault."""

    host: str


Answer = Running | NotRunning | Elsewhere


async def ensure(*, start: bool, scope: Scope = "page") -> Answer:
    """
    Runs `datalayer-secrets ensure` and reads its line. With `start` a service is started where none runs.

    Raises `timeout`, `no_service` where it cannot be run or says nothing sensible, else the error that it reported.
    """
    node, service = find_program()
    command = [node, service, "ensure", "--label", LABEL, "--scope", scope, "--json"]
    if not start:
        command.append("--no-start")
    try:
        process = await in_thread(partial(_spawn, command, os.path.dirname(service)))
    except OSError:
        raise SecretsError("no_service", {"reason": "interpreter"}) from None
    try:
        output, _ = await in_thread(partial(process.communicate, timeout=TIMEOUT), cancel=process.kill)
    except subprocess.TimeoutExpired:
        process.kill()
        raise SecretsError("timeout", {"seconds": int(TIMEOUT)}) from None
    return read_answer(output)


def _spawn(command: list[str], folder: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,  # not that of the notebooks
        env=service_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl+C at the server's terminal is not for it
        creationflags=_NO_WINDOW,
    )


def read_answer(output: bytes) -> Answer:
    """The line that `ensure` prints, be it an answer or (raised) an error."""
    said = _parse(output.strip().rsplit(b"\n", 1)[-1])
    state, token, host = said.get("state"), said.get("token"), said.get("host")
    if state in ("new", "locked", "open") and isinstance(token, str) and token:
        port = re.fullmatch(r"http://127\.0\.0\.1:(\d{1,5})", str(said.get("origin")))
        if port is not None:
            return Running(state=str(state), port=int(port[1]), token=token, version=str(said.get("version", "")))
    if state == "none":
        return NotRunning(used=said.get("used") is True, quiet=said.get("quiet") is True)
    if state == "elsewhere":
        return Elsewhere(host if isinstance(host, str) else "")
    code = said.get("code")
    kind = code if isinstance(code, str) and code in ERROR_KINDS else "no_service"
    raise SecretsError(kind, details_of(said.get("details")))


def _parse(line: bytes) -> dict[str, object]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
