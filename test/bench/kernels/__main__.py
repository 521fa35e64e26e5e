"""
What secrets cost kernels: `python test/bench/kernels [PART…]`, of starts, cells, outputs, grants.

Real Jupyter servers with and without the extension, a real service, real kernels. All that is compared takes turns; what
is promised is a ratio of medians. Where others use the machine, processor time says more than what was waited.
"""

from __future__ import annotations

import signal
import sys

import cells
import grants
import outputs
import starts
from figures import Verdicts, load
from server import Server

PARTS = {"starts": starts.measure, "cells": cells.measure, "outputs": outputs.measure}


def main() -> int:
    wanted = sys.argv[1:] or [*PARTS, "grants"]
    # As it ends anywhere else, and with it what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    verdicts = Verdicts()
    for name, measure in PARTS.items():
        if name in wanted:
            print(f"{name} ({load()})")
            with Server(extension=False) as without, Server(extension=True) as with_it:
                measure(without, with_it, verdicts)
    if "grants" in wanted:
        print(f"grants ({load()})")
        grants.measure(verdicts)
    print(load())
    return 0 if verdicts.held else 1


sys.exit(main())
