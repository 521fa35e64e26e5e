"""What of a kernel's secrets can stand in the environment of a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..kernel.datalayer_secrets import is_never_exported
from .reasons import Reason

#: Bytes of a value. Windows takes no longer ones.
LONGEST: Final = 32_000
#: Bytes of all names and values. A system that has room for no more starts no process at all.
MOST: Final = 262_144


def unfit_name(name: str) -> bool:
    """Whether no process may or can have a variable of this name, whatever its value."""
    return name == "" or "=" in name or "\0" in name or is_never_exported(name)


def left_out(values: Mapping[str, str]) -> dict[str, Reason]:
    """Which of these variables have to stay out, and why. What has no room is found in the order of names."""
    found: dict[str, Reason] = {}
    total = 0
    for name, value in sorted(values.items()):
        size = len(value.encode())
        if unfit_name(name):
            found[name] = "never_exported"
        elif "\0" in value:
            found[name] = "nul"
        elif size > LONGEST:
            found[name] = "too_long"
        elif total + len(name.encode()) + size > MOST:
            found[name] = "too_much"
        else:
            total += len(name.encode()) + size
    return found
