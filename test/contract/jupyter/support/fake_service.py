"""A service that knows a token, proves it, and then says whatever a test wants."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from typing_extensions import Self

TOKEN = "canary-token-of-a-page"
EVENTS = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

#: Bytes to answer with; null hangs up without a word.
Answer = Callable[[str, str], "bytes | None"]


def json_answer(status: int, body: object, headers: str = "") -> bytes:
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {len(text)}\r\n\r\n"
    return head.encode() + text


class FakeService:
    """A context. `requests` has what came after the proof, hello apart; `answer` is asked with method and path."""

    def __init__(self, answer: Answer, token: str = TOKEN, port: int = 0) -> None:
        self.requests: list[str] = []
        self.hellos = 0
        self.answer = answer
        self._token = token
        self._sockets: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def of(self, method: str, path: str) -> int:
        """How many such requests came."""
        return sum(request.startswith(f"{method} {path} ") for request in self.requests)

    def _accept(self) -> None:
        while True:
            try:
                one, _ = self._server.accept()
            except OSError:
                return
            self._sockets.append(one)
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        with one, one.makefile("rb") as file, suppress(OSError):
            while self._answer_one(one, file.readline, file.read):
                pass

    def _answer_one(self, one: socket.socket, readline: Callable[[], bytes], read: Callable[[int], bytes]) -> bool:
        first = readline().decode()
        if not first:
            return False
        head = first
        length = 0
        while (line := readline().decode()).strip():
            head += line
            name, _, text = line.partition(":")
            length = int(text) if name.lower() == "content-length" else length
        body = read(length).decode()
        method, target, _ = first.split(" ", 2)
        url = urlsplit(target)
        if url.path == "/hello":
            self.hellos += 1
            one.sendall(json_answer(200, self._prove(parse_qs(url.query)["nonce"][0])))
            return True
        self.requests.append(head + body)
        answer = self.answer(method, target)
        if answer is None:
            return False
        one.sendall(answer)
        return True

    def _prove(self, nonce: str) -> dict[str, object]:
        key = hmac.new(self._token.encode(), b"datalayer-secrets hello", hashlib.sha256).digest()
        proof = hmac.new(key, f"{nonce}\n{self.port}\n{os.getpid()}".encode(), hashlib.sha256).hexdigest()
        return {"success": True, "proof": proof, "port": self.port, "pid": os.getpid()}
