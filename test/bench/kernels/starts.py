"""How much longer a kernel takes to start."""

from __future__ import annotations

import time

from figures import Cost, Verdicts, processor_time
from server import Server
from values import values

ROUNDS = 20
LIMIT = 1.05


def measure(without: Server, with_it: Server, verdicts: Verdicts, rounds: int = ROUNDS) -> None:
    """Until the result of the first cell is there, the kernels taking turns."""
    names = with_it.store(values(5))
    peers = {
        "without the extension": (without, without.write("without.ipynb")),
        "with it, no grants": (with_it, with_it.write("with-0.ipynb")),
        "with it, 5 grants": (with_it, with_it.write("with-5.ipynb", names)),
    }
    costs: dict[str, list[Cost]] = {what: [] for what in peers}
    for warm_up in (True, *[False] * rounds):
        # Each in each place as often: what a kernel leaves behind is done in the time of the next.
        first = len(costs["with it, no grants"]) % len(peers)
        order = [*peers][first:] + [*peers][:first]
        for what in order:
            cost = _start(*peers[what])
            if not warm_up:
                costs[what].append(cost)
    print("from asking for a session until the result of its first cell")
    verdicts.table(costs)
    bare = costs.pop("without the extension")
    for what, found in costs.items():
        verdicts.ratio(f"start {what}", found, bare, LIMIT)


def _start(server: Server, path: str) -> Cost:
    before, began = processor_time(server.pid), time.perf_counter()
    with server.start(path) as session:
        pid = int(session.page.run("import os; print(os.getpid())"))
        waited = time.perf_counter() - began
        return Cost(waited, processor_time(pid), processor_time(server.pid) - before)
