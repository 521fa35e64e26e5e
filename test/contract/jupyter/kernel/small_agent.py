"""A server that speaks to kernels as ours does, and hangs, ends or lies where a test wants that."""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from typing_extensions import Self


class SmallAgent:
    """A context. `asked` has every request: path, status, headers in lower case."""

    def __init__(self, *, unix: Path | None = None, tls: ssl.SSLContext | None = None, base: str = "/") -> None:
        self.capability = secrets.token_urlsafe(32)
        self.variables: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.redact = True
        #: What `get` serves: values, or status, code and message of a refusal.
        self.secrets: dict[str, str | tuple[int, str, str]] = {}
        self.asked: list[tuple[str, int, Mapping[str, str]]] = []
        #: Paths of all that came, answered or not.
        self.arrived: list[str] = []
        #: Cleared while the server takes requests and does not answer.
        self.answers = threading.Event()
        self.answers.set()
        self._connections: list[socket.socket] = []
        self._server = (_UnixServer if unix else _Server)(
            str(unix) if unix else ("127.0.0.1", 0),  # type: ignore[arg-type]
            self._handler(nagle=unix is not None),
        )
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        host = quote(str(unix), safe="") if unix else f"127.0.0.1:{self._server.server_address[1]}"
        scheme = "http+unix" if unix else "http" if tls is None else "https"
        self.url = f"{scheme}://{host}{base}datalayer-secrets/kernel"
        self._base = f"{base}datalayer-secrets/kernel/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def environment(self) -> dict[str, str]:
        return {"DATALAYER_SECRETS_URL": self.url, "DATALAYER_SECRETS_TOKEN": self.capability}

    def reset(self) -> None:
        """Nothing is granted, all is well."""
        self.variables, self.left_out, self.secrets, self.redact = {}, {}, {}, True
        self.answers.set()
        self.asked.clear()
        self.arrived.clear()

    def statuses(self, path: str = "variables") -> list[int]:
        return [status for asked, status, _ in self.asked if asked == path]

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, object] | None, str | None]:
        """Status, body and ETag."""
        refused = {"origin", "cookie"} & {*headers} or any(name.startswith("sec-fetch-") for name in headers)
        if refused or headers.get("datalayer-secrets-token") != self.capability:
            return 403, {"code": "forbidden"}, None
        if path == "variables":
            body: dict[str, object] = {
                "variables": {**self.variables},
                "left_out": {**self.left_out},
                "redact": self.redact,
            }
            tag = f'"{hash(json.dumps(body, sort_keys=True)):x}"'
            return (304, None, tag) if headers.get("if-none-match") == tag else (200, body, tag)
        if path == "secrets":
            return 200, {"names": sorted({*self.variables, *self.left_out, *self.secrets})}, None
        name = unquote(path.removeprefix("secrets/"))
        found = self.secrets.get(name, self.variables.get(name))
        if isinstance(found, str):
            return 200, {"name": name, "value": found}, None
        status, code, message = found or (403, "not_granted", "Allow it in the Secrets panel.")
        return status, {"code": code, "message": message}, None

    def _handler(self, *, nagle: bool) -> type[BaseHTTPRequestHandler]:
        agent = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = not nagle

            def setup(self) -> None:
                agent._connections.append(self.request)
                super().setup()

            def do_GET(self) -> None:
                headers = {name.lower(): text for name, text in self.headers.items()}
                path = self.path.removeprefix(agent._base)
                agent.arrived.append(path)
                agent.answers.wait()
                status, body, tag = agent.answer(path, headers)
                agent.asked.append((path, status, headers))
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Cache-Control", "no-store")
                if tag is not None:
                    self.send_header("ETag", tag)
                if status != 304:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def address_string(self) -> str:
                return "a kernel"

            def log_message(self, *_: object) -> None: ...

        return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A kernel that did not wait."""


class _UnixServer(_Server):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # type: ignore[arg-type]
        self.server_name, self.server_port = "localhost", 0
