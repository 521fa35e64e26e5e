"""A lock between processes, which the system takes back from one that dies."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..errors import SecretsError
from .private import open_private

#: Seconds. Whoever has it writes one small file.
PATIENCE: Final = 10.0
PAUSE: Final = 0.01

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(descriptor: int) -> None:
        # Of the open file rather than of the process, so that two servers in one process exclude each other as well.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Blocks until nobody else has it. Raises `busy` when that takes too long, `bad_permissions`, `OSError`."""
    descriptor = open_private(file, os.O_RDWR | os.O_CREAT)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                _try(descriptor)
                break
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                    raise
            if time.monotonic() > end:
                raise SecretsError("busy", {"path": str(file)})
            time.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)
