"""
How much longer a Jupyter server takes to start with the extension: `python test/bench/jupyter_start.py [N]`.

Starts JupyterLab's server N times (default 10) with and without it, in turn, each time until it answers, and prints the
medians; then the same for what the extension itself does while it is loaded. Promised: at most 50 ms. On a busy machine
only the processor time says something.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PLUGIN = Path(__file__).resolve().parents[2] / "jupyterlab-plugin"
LOADING = """
import time
from jupyter_server.serverapp import ServerApp
import jupyter_server.extension.application, jupyter_server.base.handlers
app = ServerApp.instance(port=0, open_browser=False, allow_root=True, log_level=40)
app.initialize(argv=[], find_extensions=False)
start = time.process_time()
app.extension_manager.add_extension("jupyterlab_datalayer_secrets", enabled=True)
app.extension_manager.link_extension("jupyterlab_datalayer_secrets")
app.extension_manager.load_extension("jupyterlab_datalayer_secrets")
print((time.process_time() - start) * 1000)
"""


def environment(folder: str) -> dict[str, str]:
    places = {f"JUPYTER_{kind}_DIR": f"{folder}/{kind}" for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {**os.environ, **places, "HOME": folder, "PYTHONPATH": str(PLUGIN), "JUPYTER_NO_CONFIG": "1"}


def start(with_extension: bool) -> tuple[float, float]:
    """Milliseconds from the start of the process until it answers; and of processor time, its end included."""
    extensions = {"jupyterlab": True, "jupyterlab_datalayer_secrets": with_extension}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--port=0"),
                f"--ServerApp.jpserver_extensions={extensions}",
            ],
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not (port := port_in(Path(folder, "RUNTIME"))) or not answers(f"http://127.0.0.1:{port}/api"):
            time.sleep(0.002)
        waited = time.perf_counter() - began
        server.terminate()
        _, _, used = os.wait4(server.pid, 0)
        server.returncode = 0
        return waited * 1000, (used.ru_utime + used.ru_stime) * 1000


def port_in(runtime: Path) -> int | None:
    """What the server's file says, once it is whole."""
    for file in runtime.glob("jpserver-*.json"):
        try:
            return int(json.loads(file.read_text())["port"])
        except ValueError:
            return None
    return None


def answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10):
            return True
    except OSError:
        return False


def loading() -> float:
    """Milliseconds of processor time for import, link and load."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", LOADING]
        return float(subprocess.run(command, env=environment(folder), capture_output=True, check=True).stdout)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    pairs = [(start(False), start(True)) for _ in range(rounds)]
    for at, what in enumerate(("until it answers", "processor time")):
        without, with_it = (statistics.median(run[at] for run in column) for column in zip(*pairs, strict=True))
        print(f"{what}: without {without:.0f} ms, with {with_it:.0f} ms, difference {with_it - without:.0f} ms")
    print(f"loading alone, processor time: {statistics.median(loading() for _ in range(rounds)):.1f} ms")


if __name__ == "__main__":
    main()
