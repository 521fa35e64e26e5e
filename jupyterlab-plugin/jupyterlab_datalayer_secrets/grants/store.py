"""The grants of this host: at once in memory, then on disk, and whatever other programs do to them there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from logging import Logger
from typing import Literal

from ..errors import SecretsError
from ..threads import in_thread
from . import table
from .file import GrantsFile, Stamp
from .grant import Allowed, Grant, Notebook, id_of
from .table import Act, Table

#: `moved`: the notebook has another path now. `changed`: what it may use did, elsewhere or because a file went.
What = Literal["granted", "revoked", "moved", "changed", "redaction"]

#: `grant` is that of `granted` and `revoked`, else null.
Listener = Callable[[What, Notebook, "Grant | None"], None]


class Grants:
    """
    Belongs to one event loop, on which it looks at the file (one `stat` each time, and a read after others wrote it),
    and from which it never waits for the disk otherwise.

    A file that cannot be used is left as it is: what is granted then is known here only, until it is usable again.
    """

    def __init__(self, file: GrantsFile, notebook_of: Callable[[str], Notebook], log: Logger) -> None:
        """`notebook_of` gives the notebook with this real path."""
        self.changed: list[Listener] = []
        #: Why nothing is kept on disk; null where it is.
        self.fault: SecretsError | None = None
        self._file = file
        self._notebook_of = notebook_of
        self._log = log
        self._generation = 0
        #: With real paths: what the file says, and what is still to be written.
        self._table: Table = {}
        self._unwritten: list[Act] = []
        #: Without real paths.
        self._here: Table = {}
        self._bare: set[str] = set()
        self._sets: dict[str, frozenset[Grant]] = {}
        self._stamp: Stamp = None
        self._writing: asyncio.Future[None] | None = None
        self._look()

    @property
    def generation(self) -> int:
        """Grows with every change, that of a path included."""
        self._look()
        return self._generation

    def of(self, notebook: Notebook) -> frozenset[Grant]:
        """What it may use now."""
        self._look()
        key = notebook.key
        found = self._sets.get(key)
        if found is None:
            granted = self._table_of(key).get(key, {})
            found = self._sets[key] = frozenset(Grant(vault, name) for name, vault in granted.items())
        return found

    def all(self) -> list[tuple[Notebook, Grant]]:
        """Every grant of this host, by notebook and name."""
        self._look()
        return [
            (self._notebook(key), Grant(vault, name))
            for known in (self._table, self._here)
            for key, granted in sorted(known.items())
            for name, vault in sorted(granted.items())
        ]

    def stored(self, notebook: Notebook) -> Literal["file", "memory"]:
        """Whether what it is granted outlives this server."""
        self._look()
        return "file" if notebook.real is not None and self.fault is None else "memory"

    async def allow(self, notebook: Notebook, grant: Grant) -> Allowed:
        """In effect at once; on disk, where that is possible (`fault`), when this returns."""
        allowed = self.put(notebook, grant)
        await self.write()
        return allowed

    def put(self, notebook: Notebook, grant: Grant) -> Allowed:
        """In effect, and still to be written."""
        self._look()
        before = self._table_of(notebook.key).get(notebook.key, {}).get(grant.name)
        if before == grant.vault:
            return Allowed(already=True, replaced=None)
        self._do(notebook.key, table.put(notebook.key, grant))
        self._tell("granted", notebook, grant)
        return Allowed(already=False, replaced=before)

    async def revoke(self, notebook_id: str, grant: Grant) -> bool:
        """Whether there was such a grant. In effect at once, and no longer on disk when this returns."""
        key = self._find(notebook_id, grant)
        if key is not None:
            self._do(key, table.take(key, grant))
            self._tell("revoked", self._notebook(key), grant)
        await self.write()
        return key is not None

    def move(self, old: str, new: str, separator: str) -> None:
        """A file or folder of this name (as in a notebook's key) has another; nothing that was at the new one is."""
        self._look()
        known = self._table_of(old)
        ways = {key: new + key[len(old) :] for key in table.at_or_below(known, old, separator)}
        gone = [key for key in table.at_or_below(known, new, separator) if key not in ways.values()]
        bare = table.at_or_below(self._bare, old, separator)
        self._bare -= {*bare, *table.at_or_below(self._bare, new, separator)}
        self._bare |= {new + key[len(old) :] for key in bare}
        if ways or gone:
            self._do(old, table.drop(gone), table.move(ways))
        for key in ways.values():
            self._tell("moved", self._notebook(key))
        for key in gone:
            self._tell("changed", self._notebook(key))
        if ways or gone:
            self.write()

    def drop(self, place: str, separator: str) -> None:
        """A file or folder is gone, or about to be made anew."""
        self._look()
        gone = table.at_or_below(self._table_of(place), place, separator)
        self._bare.difference_update(table.at_or_below(self._bare, place, separator))
        if not gone:
            return
        self._do(place, table.drop(gone))
        for key in gone:
            self._tell("changed", self._notebook(key))
        self.write()

    def redacts(self, notebook: Notebook) -> bool:
        """Whether values are to be kept out of its outputs."""
        return notebook.key not in self._bare

    def set_redaction(self, notebook: Notebook, on: bool) -> None:
        """Until this server ends."""
        if on == self.redacts(notebook):
            return
        if on:
            self._bare.discard(notebook.key)
        else:
            self._bare.add(notebook.key)
        self._generation += 1
        self._tell("redaction", notebook)

    def write(self) -> Awaitable[None]:
        """Puts on disk what is not there yet. Waiting for it is optional, and giving up on it changes nothing."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())
        return asyncio.shield(self._writing)

    def _table_of(self, key: str) -> Table:
        return self._here if key.startswith("contents:") else self._table

    def _notebook(self, key: str) -> Notebook:
        path = key.removeprefix("contents:")
        return self._notebook_of(key) if path == key else Notebook(path, None)

    def _find(self, notebook_id: str, grant: Grant) -> str | None:
        self._look()
        for key, granted in [*self._table.items(), *self._here.items()]:
            if granted.get(grant.name) == grant.vault and id_of(key) == notebook_id:
                return key
        return None

    def _do(self, key: str, *acts: Act) -> None:
        known = self._table_of(key)
        for act in acts:
            act(known)
            if known is self._table:
                self._unwritten.append(act)
        self._sets.clear()
        self._generation += 1

    def _tell(self, what: What, notebook: Notebook, grant: Grant | None = None) -> None:
        for listener in self.changed:
            try:
                listener(what, notebook, grant)
            except Exception as error:
                self._log.error("A change of grants was not heard: %s", type(error).__name__)

    def _look(self) -> None:
        """Reads the file where others wrote it. While we do, the end of that says what there is."""
        if self._writing is not None and not self._writing.done():
            return
        stamp = self._file.stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            content = self._file.read()
        except SecretsError as error:
            self._fail(error)
            return
        self._take(content.table, content.stamp)
        if self._unwritten:
            self.write()

    async def _write(self) -> None:
        while self._unwritten:
            acts = list(self._unwritten)
            try:
                content = await in_thread(partial(self._file.write, acts))
            except SecretsError as error:
                self._fail(error)
                return
            del self._unwritten[: len(acts)]
            self._take(content.table, content.stamp)

    def _take(self, found: Table, stamp: Stamp) -> None:
        """This is on disk. Acts that are not are done to it once, so none is ever done twice."""
        self._stamp = stamp
        self.fault = None
        known = table.copy(found)
        for act in self._unwritten:
            act(known)
        differing = table.differing(self._table, known)
        if not differing:
            return
        self._table = known
        self._sets.clear()
        self._generation += 1
        for key in differing:
            self._tell("changed", self._notebook(key))

    def _fail(self, error: SecretsError) -> None:
        if self.fault is None or self.fault.kind != error.kind:
            self._log.warning("What notebooks are granted is in memory only (%s): %s", self._file.path, error.message)
        self.fault = error
