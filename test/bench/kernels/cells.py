"""What it costs that a notebook may use secrets, in each cell, and what `get` costs."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

from figures import Cost, Costs, Promise, Verdicts, median, processor_time
from server import Server, Session
from values import values

CALLS = 300
#: `get` to a bare request.
LIMIT = 1.5
#: Milliseconds of both processes for a cell before which nothing changed.
CELL = 3.0

#: What runs in the kernel: two kinds of requests on one connection, in turn; and all that comes before a cell.
CALLING = f"""
import json, time, datalayer_secrets
access = datalayer_secrets._here

def bare():
    connection = access._agent._idle[-1]
    connection.request("GET", "/api")
    connection.getresponse().read()

def timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

def get():
    datalayer_secrets.get("BENCH_0")

def pull():
    access.pull(datalayer_secrets.CELL)

for work in (bare, get, pull) * 20:
    work()
print(json.dumps([[timed(bare), timed(get), timed(pull)] for _ in range({CALLS})]))
"""


def measure(without: Server, with_it: Server, verdicts: Verdicts) -> None:
    names = with_it.store(values(5))
    path = with_it.write("cells.ipynb", names)
    with without.start(without.write("cells.ipynb")) as bare, with_it.start(path) as ours:
        verdicts.compare(
            "inside a kernel, on one connection", partial(_call, ours), Promise("get", "a bare request", LIMIT)
        )
        peers = {"without the extension": bare, "with it, 5 grants": ours}
        pids = {what: int(session.page.run("import os; print(os.getpid())")) for what, session in peers.items()}
        costs: dict[str, list[Cost]] = {what: [] for what in peers}
        service, read = processor_time(with_it.service), _bytes_read(with_it.service)
        for _ in range(CALLS):
            for what, session in peers.items():
                kernel, server = processor_time(pids[what]), processor_time(session.server.pid)
                began = time.perf_counter()
                session.page.run("1")
                waited = time.perf_counter() - began
                used = processor_time(pids[what]) - kernel, processor_time(session.server.pid) - server
                costs[what].append(Cost(waited, *used))
        service, read = processor_time(with_it.service) - service, _bytes_read(with_it.service) - read
    print("a cell before which nothing changed")
    verdicts.table(costs)
    more = median(costs["with it, 5 grants"]).used - median(costs["without the extension"]).used
    verdicts.judge("processor time that a cell costs more", 1000 * more, CELL, " ms")
    print(f"  the service meanwhile: {1000 * service:.1f} ms of processor time, {read} bytes read")
    # The least request has more than a hundred.
    verdicts.judge("bytes that the service read, per cell", read / CALLS, 1)


def _call(session: Session) -> Costs:
    calls = json.loads(session.page.run(CALLING))
    kinds = {"a bare request": 0, "get": 1, "asking whether anything changed": 2}
    return {what: [Cost(call[at]) for call in calls] for what, at in kinds.items()}


def _bytes_read(pid: int) -> int:
    """By all its reads, those from sockets included."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(next(line.removeprefix("rchar: ") for line in lines if line.startswith("rchar: ")))
