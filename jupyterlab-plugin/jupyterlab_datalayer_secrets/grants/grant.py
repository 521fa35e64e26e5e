"""The words of grants."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Notebook:
    """One file, by whatever path it is reached: equal are those with the same `key`."""

    #: As the contents service has it, without a drive; the absolute real path where it is not below the root.
    path: str
    #: Absolute, without symbolic links. Null where the contents manager keeps no files.
    real: str | None

    @property
    def key(self) -> str:
        """What identifies it on this host. A real path is absolute, so neither looks like the other."""
        return self.real if self.real is not None else f"contents:{self.path}"

    @property
    def id(self) -> str:
        """What pages and events call it: 16 hexadecimal digits."""
        return id_of(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notebook) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Grant:
    """A secret by vault and name, not by uid: a value that is replaced gets another one."""

    vault: str
    name: str


@dataclass(frozen=True)
class Allowed:
    #: It was granted before, from the same vault.
    already: bool
    #: The other vault from which the notebook had a secret of this name until now.
    replaced: str | None


def id_of(key: str) -> str:
    # A file's name need not be UTF-8; what is not has halves of characters here.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
