"""A home of its own, and the service that runs in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from jupyterlab_datalayer_secrets.program import find_program, service_environment


class Home:
    """Where a test's service keeps its files; `DATALAYER_SECRETS_HOME` names it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def run(self) -> dict[str, Any] | None:
        """What the running service says of itself (`pid`, `port`, `secret`), or null."""
        for file in self.folder.glob("run/*.json"):
            said: dict[str, Any] = json.loads(file.read_text())
            return said if "pid" in said and _is_alive(said["pid"]) else None
        return None

    @property
    def pid(self) -> int:
        run = self.run
        assert run is not None, "no service runs"
        return int(run["pid"])

    def kill(self) -> None:
        """Ends the service as a crash does, and waits until it is gone."""
        run = self.run
        if run is None:
            return
        os.kill(run["pid"], signal.SIGKILL)
        wait_until(lambda: not _is_alive(run["pid"]))

    def cli(self, *words: str) -> dict[str, Any]:
        """Runs the command line of the service and reads its last line."""
        done = subprocess.run(
            [*find_program(), *words, "--json"], env=service_environment(), capture_output=True, timeout=60, check=False
        )
        said: dict[str, Any] = json.loads(done.stdout.strip().rsplit(b"\n", 1)[-1] or b"{}")
        return said


def _is_alive(pid: int) -> bool:
    """A process whose first thread has ended holds its port until the last one has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in ("Z", "X") or len(os.listdir(f"/proc/{pid}/task")) > 1
    except OSError:
        return False


def wait_until(holds: Any, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "this did not come true in time"
        time.sleep(0.01)
