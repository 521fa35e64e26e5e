"""
Files that only their owner may read, in a folder that only their owner may enter: the rules of the secrets service
(`server/src/store/private-files.ts`), in whose folder they lie.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

from ..errors import SecretsError

FOLDER: Final = 0o700
FILE: Final = 0o600
OTHERS: Final = 0o077

#: A link in the place of a file is refused; where the system cannot, there is no such flag.
NO_LINK: Final[int] = getattr(os, "O_NOFOLLOW", 0)


def secrets_home() -> Path:
    """The folder of the secrets service, as the service finds it (`server/src/service/places.ts`)."""
    named = os.environ.get("DATALAYER_SECRETS_HOME")
    return Path(os.path.abspath(named)) if named else Path.home() / ".datalayer" / "secrets"


def make_private_folder(folder: Path) -> None:
    """Makes it where it is missing. Raises `bad_permissions` for one that others own or may enter, `OSError`."""
    for place in [*reversed(folder.parents), folder]:
        if not place.exists():
            place.mkdir(FOLDER, exist_ok=True)
    check_private_folder(folder)


def check_private_folder(folder: Path) -> None:
    """Raises `bad_permissions`, or `OSError` where it cannot be looked at."""
    found = os.stat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise SecretsError("bad_permissions", {"path": str(folder), "reason": "other-kind"})
    _check_owner(folder, found)


def open_private(file: Path, flags: int) -> int:
    """A descriptor; a file that is made is private from its first moment. Raises `bad_permissions`, `OSError`."""
    if not NO_LINK and file.is_symlink():
        raise SecretsError("bad_permissions", {"path": str(file), "reason": "other-kind"})
    try:
        descriptor = os.open(file, flags | NO_LINK | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0), FILE)
    except OSError:
        if file.is_symlink() or file.is_dir():
            raise SecretsError("bad_permissions", {"path": str(file), "reason": "other-kind"}) from None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise SecretsError("bad_permissions", {"path": str(file), "reason": "other-kind"})
        _check_owner(file, found)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check_owner(place: Path, found: os.stat_result) -> None:
    if sys.platform == "win32":
        return  # modes there are made up; the profile folder's list of rights protects it
    if found.st_uid != os.geteuid():
        raise SecretsError("bad_permissions", {"path": str(place), "reason": "owner"})
    if found.st_mode & OTHERS:
        raise SecretsError("bad_permissions", {"path": str(place)})
