"""
Requests to a port of this machine, over connections whose other end has proved that it knows our token.

Each new connection first asks `GET /hello` with a fresh nonce; the answer is an HMAC over nonce, port and process id
(`shared/src/hello.ts`). Only then is anything of a request written to it, bearer and body included. As a connection
cannot change hands, kept ones need not be asked again. `http.client` knows no proxies, and told so it never reconnects.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final

from .call import Call
from .errors import Details, SecretsError

HOST: Final = "127.0.0.1"
#: Seconds for a connection and its proof.
CONNECT_TIMEOUT: Final = 10.0
#: Seconds after which a kept connection is not used again; the service ends those that idle for 65.
IDLE: Final = 30.0
KEPT: Final = 8
#: Far more than the service ever says in its hello.
LONGEST_HELLO: Final = 8192


class Unreached(Exception):
    """Nothing of the request was sent. `error` says why, e.g. `offline` (nothing listens) or `impostor`."""

    def __init__(self, kind: str, details: Details | None = None) -> None:
        super().__init__(kind)
        self.error = SecretsError(kind, details)


class Broken(Exception):
    """The connection ended after something was sent: the request may have been carried out. `late`: time was over."""

    def __init__(self, *, late: bool = False) -> None:
        super().__init__("late" if late else "broken")
        self.late = late


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = field(repr=False)


class Cancellation:
    """Ends a request from another thread, by ending its connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cancelled = False

    def watch(self, connection: socket.socket | None) -> None:
        """The connection that is in use now, or none. One that comes after the end is ended at once."""
        with self._lock:
            self._socket = connection
            cancelled = self._cancelled
        if cancelled and connection is not None:
            _end(connection)

    def __call__(self) -> None:
        with self._lock:
            self._cancelled = True
            connection = self._socket
        if connection is not None:
            _end(connection)


class Loopback:
    """The service at one port, for the holder of one token. Safe to use from many threads; every method blocks."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._lock = threading.Lock()
        self._idle: list[tuple[HTTPConnection, float]] = []
        #: Those in use; true for a stream, which goes on until it is ended.
        self._busy: dict[socket.socket, bool] = {}
        self._closed = False

    def ask(self, call: Call, cancellation: Cancellation | None = None) -> Answer:
        """
        The answer, whatever its status. Raises `Unreached`, `Broken`, and `SecretsError`: `redirect`, `protocol` for an
        answer longer than its limit.
        """
        connection = self._take(cancellation)
        with self._in_use(connection, cancellation) as used:
            try:
                used.settimeout(call.timeout)
                response = self._send(connection, call)
                body = response.read(call.limit + 1)
            except (OSError, HTTPException) as error:
                connection.close()
                raise Broken(late=isinstance(error, TimeoutError)) from None
        if 300 <= response.status < 400:
            connection.close()
            raise SecretsError("redirect")
        if len(body) > call.limit:
            connection.close()
            raise SecretsError("protocol", {"reason": "too-long"})
        self._keep(connection)
        return Answer(response.status, body)

    @contextmanager
    def stream(self, path: str, accept: str, silence: float) -> Iterator[HTTPResponse]:
        """
        An answer that is read while it comes, until `retire`. `silence` is how many seconds may pass without a byte of
        it. Raises as `ask` does; an answer of another kind is `Unreached` with `protocol`.
        """
        connection = self._connect(None)
        with closing(connection), self._in_use(connection, None, stream=True) as used:
            try:
                used.settimeout(silence)
                response = self._send(connection, Call("GET", path, headers={"accept": accept}))
            except (OSError, HTTPException):
                raise Broken from None
            with closing(response):
                if response.status != 200 or not (response.getheader("content-type") or "").startswith(accept):
                    raise Unreached("protocol")
                yield response

    def retire(self) -> None:
        """Ends streams and what is kept; requests under way get their answers, later calls are `Unreached`."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            streams = [used for used, stream in self._busy.items() if stream]
        for connection, _ in idle:
            connection.close()
        for used in streams:
            _end(used)

    def close(self) -> None:
        """As `retire`, and ends requests under way too."""
        self.retire()
        with self._lock:
            busy = list(self._busy)
        for used in busy:
            _end(used)

    def _send(self, connection: HTTPConnection, call: Call) -> HTTPResponse:
        headers = {"accept": "application/json", **call.headers, "authorization": f"Bearer {self._token}"}
        if call.body is not None:
            headers["content-type"] = "application/json"
        connection.request(call.method, call.path, body=call.body, headers=headers)
        return connection.getresponse()

    def _take(self, cancellation: Cancellation | None) -> HTTPConnection:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, since = self._idle.pop()
            if time.monotonic() - since < IDLE and _is_quiet(connection.sock):
                return connection
            connection.close()
        return self._connect(cancellation)

    def _keep(self, connection: HTTPConnection) -> None:
        with self._lock:
            room = not self._closed and len(self._idle) < KEPT
            if room and connection.sock is not None:
                self._idle.append((connection, time.monotonic()))
                return
        connection.close()

    @contextmanager
    def _in_use(
        self, connection: HTTPConnection, cancellation: Cancellation | None, *, stream: bool = False
    ) -> Iterator[socket.socket]:
        """The connection's socket, which others may end meanwhile. Raises `Unreached` where it is too late for it."""
        used: socket.socket = connection.sock
        with self._lock:
            late = self._closed
            if not late:
                self._busy[used] = stream
        if late:
            connection.close()
            raise Unreached("offline")
        if cancellation is not None:
            cancellation.watch(used)
        try:
            yield used
        finally:
            if cancellation is not None:
                cancellation.watch(None)
            with self._lock:
                del self._busy[used]

    def _connect(self, cancellation: Cancellation | None) -> HTTPConnection:
        """A connection on which nothing but the question was written, and to which the right answer came."""
        if self._closed:
            raise Unreached("offline")
        connection = HTTPConnection(HOST, self._port, timeout=CONNECT_TIMEOUT)
        try:
            connection.connect()
        except OSError:
            raise Unreached("offline") from None
        connection.auto_open = 0  # what is proved is this socket, so it is never replaced silently
        with self._in_use(connection, cancellation) as asked:
            # A socket's own time-out begins anew with each byte that a stranger lets drop.
            late = threading.Timer(CONNECT_TIMEOUT, _end, (asked,))
            late.daemon = True
            late.start()
            try:
                self._demand_proof(connection)
            except (OSError, HTTPException, ValueError, RecursionError, Unreached) as error:
                connection.close()
                raise _unproved(error) from None
            finally:
                late.cancel()
        return connection

    def _demand_proof(self, connection: HTTPConnection) -> None:
        nonce = secrets.token_urlsafe(24)
        path = f"/hello?nonce={nonce}&client={client_id(self._token)}"
        connection.request("GET", path, headers={"accept": "application/json"})
        response = connection.getresponse()
        text = response.read(LONGEST_HELLO + 1)
        if response.status != 200 or len(text) > LONGEST_HELLO or connection.sock is None:
            raise Unreached("impostor", {"reason": "answer"})
        said = json.loads(text)
        proof, pid = (said.get("proof"), said.get("pid")) if isinstance(said, dict) else (None, None)
        if not isinstance(proof, str) or not isinstance(pid, int) or not re.fullmatch("[0-9a-f]{64}", proof):
            raise Unreached("impostor", {"reason": "answer"})
        if not hmac.compare_digest(proof, hello_proof(self._token, nonce, self._port, pid)):
            raise Unreached("impostor", {"reason": "proof"})


def client_id(token: str) -> str:
    """Names a client without giving its token away: 22 characters of base64url."""
    digest = hashlib.sha256(f"datalayer-secrets client\n{token}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:22]


def hello_proof(token: str, nonce: str, port: int, pid: int) -> str:
    """What only a holder of the token can answer: 64 hex digits. The port keeps others from passing the question on."""
    key = hmac.digest(token.encode(), b"datalayer-secrets hello", "sha256")
    return hmac.digest(key, f"{nonce}\n{port}\n{pid}".encode(), "sha256").hex()


def _unproved(error: Exception) -> Unreached:
    if isinstance(error, Unreached):
        return error
    if isinstance(error, TimeoutError):
        return Unreached("timeout", {"seconds": int(CONNECT_TIMEOUT)})
    # Whoever takes a connection and hangs up without a word may be the service, ending.
    return Unreached("offline") if isinstance(error, OSError) else Unreached("impostor", {"reason": "answer"})


def _is_quiet(connection: socket.socket) -> bool:
    """Whether a kept connection is still there: one that was closed, or on which somebody spoke unasked, is not."""
    try:
        connection.setblocking(False)
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended already
        connection.shutdown(socket.SHUT_RDWR)
