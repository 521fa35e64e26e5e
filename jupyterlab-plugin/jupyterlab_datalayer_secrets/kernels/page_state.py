"""What a page shows of the secrets of a notebook and its kernel."""

from __future__ import annotations

from collections.abc import Collection

from ..grants.grant import Grant
from .launch import Launch
from .reasons import UNFIT


def secrets(granted: Collection[Grant], launch: Launch | None, *, running: bool) -> list[dict[str, object]]:
    """
    Those that the notebook may use and those that are still in its kernel, by name. `launch` is null where we have no
    part in the kernel; `running` says whether there is one.
    """
    listed = sorted(granted, key=lambda grant: (grant.name, grant.vault))
    if launch is None:
        state = "before" if running else "no_kernel"
        return [_row(grant, state) for grant in listed]
    present = [Grant(key.vault, name) for name, key in launch.given.variables.items()]
    gone = [_row(grant, _later(launch), granted=False) for grant in present if grant not in granted]
    return sorted([*(_granted(grant, launch) for grant in listed), *gone], key=lambda row: str(row["name"]))


def _granted(grant: Grant, launch: Launch) -> dict[str, object]:
    if grant not in launch.granted:
        # Another notebook with the same kernel must not have it.
        return _row(grant, "left_out", "shared")
    answer = launch.answer()
    reason = answer.left_out.get(grant.name)
    if reason is not None:
        return _row(grant, "left_out" if reason in UNFIT else "missing", reason)
    key = answer.variables.get(grant.name)
    present = launch.given.variables.get(grant.name)
    if present is not None and present == (key or launch.key(grant)):
        return _row(grant, "in_kernel")
    return _row(grant, _later(launch))


def _later(launch: Launch) -> str:
    return "next_cell" if launch.pulls else "restart"


def _row(grant: Grant, state: str, reason: str | None = None, *, granted: bool = True) -> dict[str, object]:
    return {"vault": grant.vault, "name": grant.name, "granted": granted, "state": state, "reason": reason}
