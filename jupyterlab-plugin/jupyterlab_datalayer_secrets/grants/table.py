"""Grants by notebook (its key) and name, and what can be done to them. At most one vault for each name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .grant import Grant

#: Key of a notebook -> name -> vault. No notebook without a grant.
Table = dict[str, dict[str, str]]

#: Something done to a table. Done again to a table that has been through it, it may do something else.
Act = Callable[[Table], None]


def put(notebook: str, grant: Grant) -> Act:
    def act(table: Table) -> None:
        table.setdefault(notebook, {})[grant.name] = grant.vault

    return act


def take(notebook: str, grant: Grant) -> Act:
    """Takes it away, unless the name was granted from another vault meanwhile."""

    def act(table: Table) -> None:
        granted = table.get(notebook, {})
        if granted.get(grant.name) == grant.vault:
            del granted[grant.name]
            if not granted:
                del table[notebook]

    return act


def move(ways: Mapping[str, str]) -> Act:
    """What the notebooks had they have under their new keys, in the place of what was there."""

    def act(table: Table) -> None:
        taken = {new: table.pop(old) for old, new in ways.items() if old in table}
        table.update(taken)

    return act


def drop(notebooks: Iterable[str]) -> Act:
    keys = tuple(notebooks)

    def act(table: Table) -> None:
        for key in keys:
            table.pop(key, None)

    return act


def copy(table: Table) -> Table:
    return {key: dict(granted) for key, granted in table.items()}


def differing(one: Table, other: Table) -> list[str]:
    """The notebooks whose grants are not the same in both."""
    return [key for key in {**one, **other} if one.get(key) != other.get(key)]


def at_or_below(keys: Iterable[str], place: str, separator: str) -> list[str]:
    """Those of a notebook, or of all in a folder."""
    inside = place.rstrip(separator) + separator
    return [key for key in keys if key == place or key.startswith(inside)]
