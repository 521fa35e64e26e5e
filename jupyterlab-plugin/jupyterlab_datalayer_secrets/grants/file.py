"""
`grants.json`: which notebook of which host may use what. The one list of names that lies on disk outside of a vault, so
it says no more than that.

  {"format": 1, "grants": [{"host": …, "notebook": its absolute real path, "vault": id, "name": …}, …]}
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from ..errors import SecretsError
from .lock import locked
from .private import check_private_folder, make_private_folder, open_private
from .table import Act, Table

FORMAT: Final = 1
NAME: Final = "grants.json"

#: Characters of any field: the system's longest path has 4,096 bytes, a name fewer.
LONGEST: Final = 4096

_VAULT: Final = re.compile(r"[a-z0-9-]{1,32}")

_KINDS: Final = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "bad_permissions",
    errno.EPERM: "bad_permissions",
    errno.EROFS: "bad_permissions",
}

#: What a file on disk is told from a later one by; null where there is none.
Stamp = tuple[int, int, int, int] | None


class Content(NamedTuple):
    #: Of this host.
    table: Table
    stamp: Stamp


class _Entry(NamedTuple):
    host: str
    notebook: str
    vault: str
    name: str


class GrantsFile:
    """Blocks, all but `stamp`. What other hosts that share the folder wrote is kept and otherwise left alone."""

    def __init__(self, folder: Path, host: str) -> None:
        self.path = folder / NAME
        self._folder = folder
        self._host = host

    def stamp(self) -> Stamp:
        """What there is now."""
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def read(self) -> Content:
        """
        Raises `bad_permissions`, `newer_vault` for a format that is not known yet, `integrity` for what is none,
        `disk_full`, `busy`, `unexpected`.
        """
        with _told(self.path):
            entries, stamp = self._read()
            return Content(self._own(entries), stamp)

    def write(self, acts: Sequence[Act]) -> Content:
        """Does this to what the file says now: all of it or, raising as `read` does, nothing."""
        with _told(self.path):
            make_private_folder(self._folder)
            with locked(self._folder / "grants.lock"):
                entries, _ = self._read()
                table = self._own(entries)
                for act in acts:
                    act(table)
                others = [entry for entry in entries if entry.host != self._host]
                self._replace([*others, *self._entries(table)])
                return Content(table, self.stamp())

    def _own(self, entries: Sequence[_Entry]) -> Table:
        table: Table = {}
        for host, notebook, vault, name in entries:
            if host == self._host:
                table.setdefault(notebook, {})[name] = vault
        return table

    def _entries(self, table: Table) -> list[_Entry]:
        return [
            _Entry(self._host, notebook, vault, name)
            for notebook, granted in sorted(table.items())
            for name, vault in sorted(granted.items())
        ]

    def _read(self) -> tuple[list[_Entry], Stamp]:
        stamp = self.stamp()  # taken before: what comes meanwhile is then read again
        try:
            check_private_folder(self._folder)
            descriptor = open_private(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return [], None
        with open(descriptor, "rb") as file:
            return _parse(file.read(), self.path), stamp

    def _replace(self, entries: Sequence[_Entry]) -> None:
        draft = self.path.with_name(f"{NAME}.tmp")  # whoever has the lock is the only one to write it
        draft.unlink(missing_ok=True)
        lines = ",\n".join(json.dumps(entry._asdict()) for entry in entries)
        with open(open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="ascii") as file:
            file.write(f'{{"format": {FORMAT}, "grants": [\n{lines}\n]}}\n')
            file.flush()
            os.fsync(file.fileno())
        _rename(draft, self.path)
        _sync_folder(self._folder)


def _parse(text: bytes, path: Path) -> list[_Entry]:
    damaged = SecretsError("integrity", {"path": str(path), "reason": "grants"})
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise damaged from None
    if not isinstance(said, dict):
        raise damaged
    form = said.get("format")
    if type(form) is not int or form < FORMAT:
        raise damaged
    if form > FORMAT:
        raise SecretsError("newer_vault", {"path": str(path), "reason": "grants"})
    listed = said.get("grants")
    if set(said) != {"format", "grants"} or not isinstance(listed, list):
        raise damaged
    entries = []
    for one in listed:
        if not isinstance(one, dict) or set(one) != set(_Entry._fields):
            raise damaged
        if not all(isinstance(field, str) and 0 < len(field) <= LONGEST for field in one.values()):
            raise damaged
        if not _VAULT.fullmatch(one["vault"]):
            raise damaged
        entries.append(_Entry(**one))
    return entries


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The system's errors, as ours."""
    try:
        yield
    except OSError as error:
        kind = _KINDS.get(error.errno or 0, "unexpected")
        raise SecretsError(kind, {"path": str(path), "reason": "grants"}) from None


def _rename(draft: Path, path: Path) -> None:
    for _ in range(100):
        try:
            return os.replace(draft, path)
        except PermissionError:
            if sys.platform != "win32":
                raise
            time.sleep(0.01)  # somebody reads it just now, which there forbids to replace it
    os.replace(draft, path)


def _sync_folder(folder: Path) -> None:
    """Puts the name on disk. Windows has no such call and needs none; and the file is whole either way."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
