"""What it costs to keep values out of what a notebook prints."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from figures import Cost, Costs, Promise, Verdicts, processor_time
from server import Server, Session
from values import values

ROUNDS = 11
COUNTS = (0, 1, 10, 100)
#: Ten secrets to none.
LIMIT = 1.5

LINE = "step %d of 100000: loss 0.3141, accuracy 0.9265"
ENDLESS = f"'\\n'.join({LINE!r} % n for n in range(250_000))"


class Cell(NamedTuple):
    code: str
    #: Characters that come of it.
    size: int
    #: How often it runs.
    times: int = 1


LINES = sum(len(LINE % n) + 1 for n in range(100_000))
IN_PYTHON = {
    "100,000 lines": Cell(f"for n in range(100_000): print({LINE!r} % n)", LINES),
    "a text of 10 MB": Cell(f"print({ENDLESS}[:10_000_000], end='')", 10_000_000),
    "100,000 lines of a subprocess": Cell(
        "import subprocess, sys\n"
        f'subprocess.run([sys.executable, "-c", "for n in range(100_000): print({LINE!r} % n)"])',
        LINES,
    ),
    # Not in one cell: a server that is not as fast loses what is more than a thousand messages behind.
    "2,000 flushed prints": Cell(
        f"for n in range(500): print({LINE!r} % n, flush=True)", sum(len(LINE % n) + 1 for n in range(500)), times=4
    ),
}
#: Each line is a message.
IN_BASH = {
    "500 lines": Cell(f"seq -f '{LINE.replace('%d', '%g')}' 500", sum(len(LINE % n) + 1 for n in range(1, 501))),
    "5 lines of 100 KB": Cell("for n in $(seq 5); do head -c 99999 /dev/zero | tr '\\0' x; echo; done", 5 * 100_000),
}
#: The first cleans its messages itself; the server does it for the others.
KERNELS: Mapping[str, Mapping[str, Cell]] = {"python3": IN_PYTHON, "isolated": IN_PYTHON, "bash": IN_BASH}
PID = {"bash": "echo $PPID"}


class _Peer(NamedTuple):
    session: Session
    #: Of the kernel.
    pid: int

    def cost(self, cell: Cell) -> Cost:
        """Until all output came and the kernel is idle."""
        kernel, server = processor_time(self.pid), processor_time(self.session.server.pid)
        began = time.perf_counter()
        for _ in range(cell.times):
            printed = self.session.page.run(cell.code, cell.size)
            assert len(printed) == cell.size, f"{len(printed)} characters came of {cell.size}"
        waited = time.perf_counter() - began
        return Cost(waited, processor_time(self.pid) - kernel, processor_time(self.session.server.pid) - server)


def measure(without: Server, with_it: Server, verdicts: Verdicts) -> None:
    names = with_it.store(values(max(COUNTS)))
    for kernel, work in KERNELS.items():
        with ExitStack() as stack:

            def open_one(server: Server, path: str, kernel: str = kernel, stack: ExitStack = stack) -> _Peer:
                session = stack.enter_context(server.start(path, kernel))
                return _Peer(session, int(session.page.run(PID.get(kernel, "import os; print(os.getpid())"))))

            peers = {"without the extension": open_one(without, without.write(f"{kernel}.ipynb"))}
            for count in COUNTS:
                path = with_it.write(f"{kernel}-{count}.ipynb", names[:count])
                peers[f"{count} secrets"] = open_one(with_it, path)
            for what, cell in work.items():
                verdicts.compare(
                    f"printing {what} in {kernel}",
                    partial(_take_turns, cell, peers),
                    Promise("10 secrets", "0 secrets", LIMIT),
                    Promise("100 secrets", "0 secrets"),
                    Promise("0 secrets", "without the extension"),
                )


def _take_turns(cell: Cell, peers: Mapping[str, _Peer]) -> Costs:
    costs: dict[str, list[Cost]] = {name: [] for name in peers}
    for at in range(ROUNDS + 1):
        # There and back, so that nobody always follows the same.
        for name in [*peers][:: (-1) ** at]:
            cost = peers[name].cost(cell)
            if at > 0:  # the first is to warm up
                costs[name].append(cost)
    return costs
