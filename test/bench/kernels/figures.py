"""Figures as they are printed, and which of them are promised."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
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


#: What was measured, by what it was measured of.
Costs = Mapping[str, Sequence[Cost]]
TRIES = 3


class Promise(NamedTuple):
    """At most so much more is waited for one than for the other; without a limit it is only told."""

    one: str
    other: str
    limit: float = float("inf")

    def ratio(self, costs: Costs) -> float:
        """Of medians."""
        return median(costs[self.one]).waited / median(costs[self.other]).waited


class Verdicts:
    """Prints figures, and keeps whether all limits were kept."""

    def __init__(self) -> None:
        self.held = True

    def compare(self, what: str, measure: Callable[[], Costs], *promises: Promise) -> None:
        """
        Prints what was measured and judges it. Where a limit seems broken more is measured, up to three times as much, and
        all of it judged: taking the best of several would keep any promise in the end.
        """
        costs: dict[str, list[Cost]] = {}
        for attempt in range(TRIES):
            for name, several in measure().items():
                costs.setdefault(name, []).extend(several)
            print(what if attempt == 0 else f"{what}, with {attempt} more of it")
            self.table(costs)
            if all(promise.ratio(costs) <= promise.limit for promise in promises):
                break
        for promise in promises:
            ones, others = costs[promise.one], costs[promise.other]
            used = f"; processor time {median(ones).used / median(others).used:.2f}" if median(others).used else ""
            if promise.limit < float("inf"):
                self.judge(f"{promise.one} to {promise.other}", promise.ratio(costs), promise.limit, more=used)
            else:
                print(f"        {promise.one} to {promise.other}: {promise.ratio(costs):.2f}{used}")

    def table(self, costs: Costs) -> None:
        """A line for each that was measured: medians in milliseconds."""
        for what, several in costs.items():
            cells = (
                f"{name} {1000 * seconds:10.3f} ms" for name, seconds in zip(COLUMNS, median(several), strict=True)
            )
            print(f"  {what:<34}{'   '.join(cells)}")

    def judge(self, what: str, found: float, limit: float, unit: str = "", more: str = "") -> None:
        passes = found <= limit
        self.held = self.held and passes
        print(f"  {'pass' if passes else 'FAIL'}  {what}: {found:.3g}{unit}, at most {limit:g}{unit}{more}")
