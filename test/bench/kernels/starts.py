"""How much longer a kernel takes to start."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from figures import Cost, Costs, Promise, Verdicts, processor_time
from server import Server
from values import values

ROUNDS = 20
LIMIT = 1.05


def measure(without: Server, with_it: Server, verdicts: Verdicts) -> None:
    """Until the result of the first cell is there."""
    names = with_it.store(values(5))
    peers = {
        "without the extension": (without, without.write("without.ipynb")),
        "no grants": (with_it, with_it.write("with-0.ipynb")),
        "5 grants": (with_it, with_it.write("with-5.ipynb", names)),
    }
    verdicts.compare(
        "from asking for a session until the result of its first cell",
        partial(_take_turns, peers),
        *(Promise(what, "without the extension", LIMIT) for what in ("no grants", "5 grants")),
    )


def _take_turns(peers: Mapping[str, tuple[Server, str]]) -> Costs:
    costs: dict[str, list[Cost]] = {what: [] for what in peers}
    for at in range(ROUNDS + 1):
        # Each in each place as often: what a kernel leaves behind is done in the time of the next.
        first = at % len(peers)
        for what in ([*peers] * 2)[first : first + len(peers)]:
            cost = _start(*peers[what])
            if at > 0:  # the first is to warm up
                costs[what].append(cost)
    return costs


def _start(server: Server, path: str) -> Cost:
    before, began = processor_time(server.pid), time.perf_counter()
    with server.start(path) as session:
        pid = int(session.page.run("import os; print(os.getpid())"))
        waited = time.perf_counter() - began
        return Cost(waited, processor_time(pid), processor_time(server.pid) - before)
