"""What goes through the pipe between a kernel and the server's log, whatever becomes of the log."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator, Mapping

import pytest
from running import VALUES
from support.home import wait_until

from jupyterlab_datalayer_secrets.kernels import log_pipe
from jupyterlab_datalayer_secrets.kernels.log_pipe import LogPipe
from jupyterlab_datalayer_secrets.kernels.redaction import Redaction

VALUE = VALUES["PLAIN"].encode()


class OneKernel:
    """It received these."""

    def received(self, kernel_id: str) -> Mapping[str, frozenset[str]]:
        return {name: frozenset({value}) for name, value in VALUES.items()}

    def cleans_itself(self, kernel_id: str) -> bool:
        return True

    def redacts(self, kernel_id: str) -> bool:
        return False


class Log:
    """The far end of what the server writes to. Reads only when told to."""

    def __init__(self) -> None:
        self._source, self.target = os.pipe()

    def read(self, count: int) -> bytes:
        got = b""
        while len(got) < count and (chunk := os.read(self._source, count - len(got))):
            got += chunk
        return got

    def read_some(self) -> bytes:
        return os.read(self._source, 1 << 16)

    def close(self) -> None:
        os.close(self._source)


def pipe_to(target: int) -> int:
    """The end that a kernel has."""
    return LogPipe(target, Redaction(OneKernel(), "a")).end


def pipes() -> int:
    """Threads that serve one."""
    return sum(thread.name == "datalayer-secrets log" for thread in threading.enumerate())


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    wait_until(lambda: pipes() == 0)


def write(end: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(end, rest) :]


def test_a_value_is_found_wherever_it_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pipe, "HOLD", 600.0)
    log = Log()
    end = pipe_to(log.target)
    for cut in range(1, len(VALUE)):
        write(end, b"<" + VALUE[:cut])
        assert log.read(1) == b"<", "what is surely no value comes at once"
        write(end, VALUE[cut:] + b">")
        assert log.read(8) == b"[PLAIN]>"
    os.close(end)
    assert log.read(1) == b"", "the log ends with the pipe"
    log.close()


def test_the_end_of_an_output_does_not_wait_for_more() -> None:
    log = Log()
    end = pipe_to(log.target)
    write(end, b"Name: " + VALUE[:6])
    assert log.read(12) == b"Name: " + VALUE[:6]
    write(end, VALUE[:9])
    os.close(end)
    assert log.read(100) == VALUE[:9]
    log.close()


def test_all_that_is_written_arrives_in_order() -> None:
    log = Log()
    end = pipe_to(log.target)
    lines = b"".join(b"%d %s\n" % (line, VALUE[: line % 12]) for line in range(100_000))
    threading.Thread(target=lambda: (write(end, lines), os.close(end))).start()
    assert log.read(len(lines) + 1) == lines
    log.close()


def test_a_log_that_is_gone_holds_up_nobody() -> None:
    log = Log()
    end = pipe_to(log.target)
    log.close()
    write(end, b"x" * 20_000_000)
    os.close(end)


def test_a_log_that_stands_still_holds_up_nobody_and_says_later_what_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_pipe, "PATIENCE", 0.05)
    log = Log()
    end = pipe_to(log.target)
    started = time.monotonic()
    write(end, b"begin\n" + b"x" * 20_000_000)
    assert time.monotonic() - started < 30
    os.close(end)
    got = log.read(30_000_000)
    assert got.startswith(b"begin\nxxxx")
    kept, missing = got.count(b"x"), int(got.rpartition(b"[")[2].split()[0])
    assert kept + missing == 20_000_000
    assert missing > 10_000_000
    log.close()


def test_a_log_that_moves_again_gets_what_comes_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pipe, "PATIENCE", 0.05)
    log = Log()
    end = pipe_to(log.target)
    write(end, b"x" * 20_000_000)
    got: list[bytes] = []

    def read() -> None:
        while b"more" not in b"".join(got[-2:]):
            got.append(log.read_some())

    reader = threading.Thread(target=read)
    reader.start()
    while reader.is_alive():
        write(end, b"more\n")
        time.sleep(0.01)
    assert re.search(rb"\n\[\d+ bytes of a kernel's output are missing here[^\n]*\]\nx*more\n", b"".join(got))
    os.close(end)
    log.close()


def test_an_output_of_the_server_that_does_not_wait_gets_all_too() -> None:
    log = Log()
    os.set_blocking(log.target, False)
    end = pipe_to(log.target)
    lines = b"".join(b"%d\n" % line for line in range(100_000))
    write(end, lines)
    os.close(end)
    assert log.read(len(lines) + 1) == lines
    log.close()
