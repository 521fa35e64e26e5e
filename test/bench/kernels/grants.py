"""What ten thousand grants cost."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Cost, Verdicts, median
from server import PLUGIN

sys.path.insert(0, str(PLUGIN))

from jupyterlab_datalayer_secrets.grants import table
from jupyterlab_datalayer_secrets.grants.file import GrantsFile
from jupyterlab_datalayer_secrets.grants.grant import Grant, Notebook
from jupyterlab_datalayer_secrets.grants.store import Grants

NOTEBOOKS, EACH = 1_000, 10
CALLS, WRITES = 300, 20
#: Milliseconds for what is asked before each cell, and for what follows somebody's click.
OF, WRITE = 0.1, 500.0


def measure(verdicts: Verdicts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder) / "secrets", verdicts))


async def _measure(folder: Path, verdicts: Verdicts) -> None:
    notebooks = [Notebook(f"{at}.ipynb", f"/home/ada/work/project/{at}.ipynb") for at in range(NOTEBOOKS)]
    file = GrantsFile(folder, "host")
    file.write([table.put(one.key, Grant("local", f"NAME_{at}")) for one in notebooks for at in range(EACH)])
    grants = Grants(file, lambda real: Notebook(real, real), logging.getLogger())
    assert len(grants.all()) == NOTEBOOKS * EACH

    known = [_cost(lambda: grants.of(notebooks[0])) for _ in range(CALLS)]
    writes = []
    after = []
    for at in range(WRITES):
        began, used = time.perf_counter(), time.process_time()
        await grants.allow(notebooks[at], Grant("local", "NEW"))
        writes.append(Cost(time.perf_counter() - began, server=time.process_time() - used))
        after.append(_cost(lambda at=at: grants.of(notebooks[at])))  # type: ignore[misc]
    reads = [_cost(file.read) for _ in range(WRITES)]
    print(f"{NOTEBOOKS * EACH} grants of {NOTEBOOKS} notebooks, a file of {file.path.stat().st_size} bytes")
    verdicts.table(
        {
            "what a notebook may use": known,
            "the same, first after a change": after,
            "one more, until it is on disk": writes,
            "reading what others wrote": reads,
        }
    )
    verdicts.judge("what a notebook may use", 1000 * median(known).waited, OF, " ms")
    verdicts.judge("one more, until it is on disk", 1000 * median(writes).waited, WRITE, " ms")


def _cost(work: Callable[[], object]) -> Cost:
    began, used = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - began, server=time.process_time() - used)
