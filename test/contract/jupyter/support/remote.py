"""A small secrets service somewhere else, which may be hostile."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import Self

PROFILE = {"uid": "uid-ada", "handle_s": "ada", "email_s": "ada@example.com"}


def token_of(handle: str) -> str:
    """Of the form that clients demand; nobody checks the signature."""

    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': handle, 'exp': 4_000_000_000, 'pad': 'x' * 60})}.c2ln"


@dataclass(frozen=True)
class Answer:
    """What is answered instead of what should be."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)


class Remote:
    """Datalayer's API as far as it is needed here, on a port of its own; a context."""

    def __init__(self) -> None:
        self.token = token_of("ada")
        self.items: list[dict[str, Any]] = []
        self.values: dict[str, str] = {}
        #: Method, path, headers and body of every request, as text.
        self.requests: list[tuple[str, str, str, str]] = []
        #: By method and path; found first.
        self.instead: dict[tuple[str, str], Answer] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def seen(self) -> str:
        """All that came, to be searched."""
        return "\n".join(" ".join(request) for request in self.requests)

    def answer(self, method: str, path: str, authorization: str, sent: str) -> Answer:
        if (method, path) in self.instead:
            return self.instead[(method, path)]
        if authorization != f"Bearer {self.token}":
            return _json(401, {"success": False, "message": "No."})
        body = json.loads(sent) if sent else {}
        if path == "/api/iam/v1/whoami":
            return _json(200, {"success": True, "profile": PROFILE})
        if path == "/api/iam/v1/secrets" and method == "GET":
            return _json(200, {"success": True, "secrets": self.items})
        if path == "/api/iam/v1/secrets" and method == "POST":
            item = {"uid": f"uid-{body['name']}", "name_s": body["name"], "variant_s": body.get("variant", "generic")}
            self.items.append(item)
            self.values[body["name"]] = body["value"]
            return _json(201, {"success": True, "secret": item})
        found = next((item for item in self.items if path == f"/api/iam/v1/secrets/{item['uid']}"), None)
        if found is not None and method == "GET":
            value = {"value_s": self.values[found["name_s"]], "encoding": "plain"}
            return _json(200, {"success": True, "secret": {**found, **value}})
        return _json(404, {"success": False, "message": "Nothing here."})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        remote = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                path = self.path.partition("?")[0]
                remote.requests.append((self.command, self.path, str(self.headers), sent))
                answer = remote.answer(self.command, path, self.headers.get("authorization", ""), sent)
                self.send_response(answer.status)
                for name, text in answer.headers:
                    self.send_header(name, text)
                self.send_header("content-length", str(len(answer.body.encode())))
                self.end_headers()
                self.wfile.write(answer.body.encode())

            do_GET = do_POST = do_PUT = do_DELETE = handle_one

            def log_message(self, *_: object) -> None: ...

        return Handler


def _json(status: int, body: object) -> Answer:
    return Answer(status, json.dumps(body))
