"""Figures as they are printed, and which of them are promised."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """What something took: seconds until it was there, and seconds of processor time of kernel and server."""

    waited: float
    kernel: float = 0.0
    server: float = 0.0

    @property
    def used(self) -> float:
        """Seconds of processor time of both."""
        return self.kernel + self.server


#: What the columns of a table of costs mean.
COLUMNS = ("waited", "kernel", "server")


def processor_time(pid: int) -> float:
    """Seconds that all threads of a process had so far. Only on Linux is it a clock that anybody can read."""
    return time.clock_gettime((~pid << 3) | 2)


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors"


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


class Verdicts:
    """Prints figures, and keeps whether all limits were kept."""

    def __init__(self) -> None:
        self.held = True

    def table(self, costs: dict[str, list[Cost]]) -> None:
        """A line for each that was measured: medians in milliseconds."""
        for what, several in costs.items():
            cells = (f"{name} {1000 * seconds:9.2f} ms" for name, seconds in zip(COLUMNS, median(several), strict=True))
            print(f"  {what:<34}{'   '.join(cells)}")

    def ratio(self, what: str, one: Sequence[Cost], other: Sequence[Cost], limit: float | None = None) -> None:
        """Of medians; that of what was waited is promised where there is a limit."""
        waited = median(one).waited / median(other).waited
        if limit is None:
            print(f"        {what}: {waited:.2f}", end="")
        else:
            self.judge(what, waited, limit, end="")
        used = [statistics.median(cost.used for cost in costs) for costs in (one, other)]
        print(f"; processor time {used[0] / used[1]:.2f}" if used[1] else "")

    def judge(self, what: str, found: float, limit: float, unit: str = "", end: str = "\n") -> None:
        passes = found <= limit
        self.held = self.held and passes
        print(f"  {'pass' if passes else 'FAIL'}  {what}: {found:.2f}{unit}, at most {limit:g}{unit}", end=end)
