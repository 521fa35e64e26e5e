"""What kernels write to the terminal or log of the Jupyter server itself."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from .redaction import Redaction, Redactions

#: Bytes that are read at once.
_CHUNK: Final = 1 << 16
#: Seconds from one read to the next. Kernels write by the kilobyte, and reading each by itself costs the server most of
#: its time; a pipe has room for what comes meanwhile.
_PAUSE: Final = 0.001
#: Bytes that wait for a log that is slow.
WAITING: Final = 1 << 22
#: Seconds after which a log that takes nothing is not waited for: kernels go on, and what they write is dropped.
PATIENCE: Final = 1.0
#: Seconds that the end of an output waits for what may complete it.
HOLD: Final = 0.3

#: Seconds until a target is tried anew that takes nothing now and does not wait.
_AGAIN: Final = 0.05

#: The server's own, by the names that they have as arguments.
_OWN: Final = {"stdout": 1, "stderr": 2}


def clean_output(provisioner: KernelProvisionerBase, redactions: Redactions) -> None:
    """
    Whatever processes this provisioner starts, their stdout and stderr come to where the server's go without any value
    that the kernel received. Only processes of this machine, and neither those that are to outlive the server nor an
    output that somebody sent elsewhere.
    """
    kernel = provisioner.parent
    if not isinstance(provisioner, LocalProvisioner) or kernel is None:
        return
    launch = provisioner.launch_kernel

    async def launch_kernel(cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        names = [name for name in _OWN if kwargs.get(name) is None and not kwargs.get("independent")]
        ends = _open_pipes(names, redactions.of(kernel))
        try:
            return await launch(cmd, **{**kwargs, **ends})
        finally:
            # The kernel has its own by now. Were one left here, its pipe would never end.
            for end in set(ends.values()):
                os.close(end)

    provisioner.launch_kernel = launch_kernel  # type: ignore[method-assign]


def _open_pipes(names: Iterable[str], redaction: Redaction) -> dict[str, int]:
    """Ends to write to, by the names of Popen's arguments; none for what the server does not have itself."""
    ends: dict[str, int] = {}
    for name in names:
        with suppress(OSError, RuntimeError):
            if "stdout" in ends and os.path.sameopenfile(_OWN["stdout"], _OWN[name]):
                ends[name] = ends["stdout"]  # so what goes to one place stays in order
            else:
                ends[name] = LogPipe(os.dup(_OWN[name]), redaction).end
    return ends


class LogPipe:
    """
    Copies what comes through a pipe to `target`, cleaned, until nobody has the pipe's other end any more; then closes
    `target`. That other end is `end`, which whoever made this closes once it was inherited.

    Two threads: one does nothing but read, so that no kernel waits for a log that stands still.
    """

    def __init__(self, target: int, redaction: Redaction) -> None:
        self._target = target
        self._redaction = redaction
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._stuck = False
        self._dropped = 0
        self._ended = False
        self._changed = threading.Condition()
        try:
            self._source, self.end = os.pipe()
        except OSError:
            os.close(target)
            raise
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True, name="datalayer-secrets log").start()

    def _read(self) -> None:
        with suppress(OSError):
            while chunk := os.read(self._source, _CHUNK):
                self._put(chunk)
                time.sleep(_PAUSE)
        os.close(self._source)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _put(self, chunk: bytes) -> None:
        with self._changed:
            if not self._stuck:
                self._stuck = not self._changed.wait_for(lambda: self._size < WAITING, PATIENCE)
            if self._stuck:
                self._dropped += len(chunk)
                return
            self._waiting.append(self._gap() + chunk)
            self._size += len(self._waiting[-1])
            self._changed.notify_all()

    def _write(self) -> None:
        tail = b""
        while (chunk := self._take(HOLD if tail else None)) is not None:
            data = tail + chunk
            # Nothing came in time: what there is was no beginning.
            held = self._redaction.held(data) if chunk else 0
            tail = data[len(data) - held :]
            self._copy(data[: len(data) - held])
            with self._changed:
                self._size -= len(chunk)
                self._stuck = False
                self._changed.notify_all()
        self._copy(tail)
        os.close(self._target)

    def _take(self, seconds: float | None) -> bytes | None:
        """What came next, nothing where it did not in this time, null at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended, seconds)
            if self._waiting:
                return self._waiting.popleft()
            return (self._gap() or None) if self._ended else b""

    def _gap(self) -> bytes:
        """A line in place of what was dropped."""
        dropped, self._dropped = self._dropped, 0
        return b"\n[%d bytes of a kernel's output are missing here: nobody took them]\n" % dropped if dropped else b""

    def _copy(self, data: bytes) -> None:
        rest = memoryview(self._redaction.clean(data))
        while rest:
            try:
                rest = rest[os.write(self._target, rest) :]
            except BlockingIOError:
                time.sleep(_AGAIN)  # somebody made the server's own output one that does not wait
            except OSError:
                return  # it was closed, as that of a server whose terminal is gone
