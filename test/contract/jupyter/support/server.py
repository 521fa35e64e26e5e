"""A real Jupyter server in this process, and a client that is no browser."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from jupyterlab_datalayer_secrets.extension import DatalayerSecrets

EXTENSION = "jupyterlab_datalayer_secrets"
#: All other loggers hand on to one of these.
LOGGERS = ("ServerApp", "DatalayerSecrets", "")


@dataclass(frozen=True)
class Reply:
    status: int
    text: str
    headers: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str | None:
        """The kind of a failure."""
        found = self.json.get("code")
        assert found is None or isinstance(found, str)
        return found


class Log(logging.Handler):
    """All that the server logs, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Jupyter:
    """One running server with the extension. Every response that a client got is kept in `replies`."""

    def __init__(self, app: ServerApp, log: Log) -> None:
        self.app = app
        self.log = log
        self.replies: list[Reply] = []
        self.token = str(app.identity_provider.token)

    @property
    def origin(self) -> str:
        host = "127.0.0.1" if self.app.ip in ("", "0.0.0.0", "localhost") else self.app.ip
        scheme = "https" if self.app.certfile else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.app.port}"

    @property
    def extension(self) -> DatalayerSecrets:
        found = self.app.extension_manager.extension_points[EXTENSION].app
        assert isinstance(found, DatalayerSecrets)
        return found

    async def raw(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """A request to any path of this host, as it is given."""
        request = HTTPRequest(
            f"{self.origin}{path}",
            method=method,
            body=body,
            headers=headers or {},
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=120,
            validate_cert=False,
        )
        response = await AsyncHTTPClient().fetch(request, raise_error=False)
        reply = Reply(response.code, response.body.decode(), str(response.headers))
        self.replies.append(reply)
        return reply

    async def ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Reply:
        """A request to one of our routes with Jupyter's token."""
        sent = None if body is None else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": "application/json"}
        all_headers = {"Authorization": f"token {self.token}", **typed, **(headers or {})}
        return await self.raw(method, f"{self.app.base_url}datalayer-secrets{path}", sent, all_headers)

    async def start(self) -> None:
        """The service runs."""
        reply = await self.ask("POST", "/ensure", {"start": True, "quiet": False})
        assert reply.status == 200, reply.text

    async def set_up(self) -> None:
        """The service runs and its vault is open, by the slot that is quickest."""
        await self.start()
        reply = await self.ask("POST", "/api/vault/v1/setup", {"slot": "file"})
        assert reply.status == 200, reply.text

    async def create(self, name: str, value: str = "a value", vault: str = "local") -> str:
        """Creates a secret, gives its uid."""
        body = {"name": name, "description": "", "variant": "token", "value": value, "encoding": "plain"}
        reply = await self.ask("POST", f"/vaults/{vault}/api/iam/v1/secrets", body)
        assert reply.status == 201, reply.text
        return str(reply.json["secret"]["uid"])

    async def subscribe(self) -> Events:
        """Events, as a page hears them."""
        url = f"{self.origin.replace('http', 'ws', 1)}{self.app.base_url}api/events/subscribe"
        request = HTTPRequest(url, headers={"Authorization": f"token {self.token}"})
        return Events(await websocket_connect(request))

    async def close(self) -> None:
        self.app.http_server.stop()
        await self.app._cleanup()
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self.log)
        ServerApp.clear_instance()


class Events:
    """Events on the socket that JupyterLab has."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        self.heard: list[dict[str, Any]] = []

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event from now on that is like that."""
        while True:
            message = await asyncio.wait_for(self._socket.read_message(), 30)
            assert message is not None, "the socket was closed"
            event: dict[str, Any] = json.loads(message)
            self.heard.append(event)
            if holds(event):
                return event

    def close(self) -> None:
        self._socket.close()


def free_port() -> int:
    """Older servers do not tell which one they took for 0. Should it be taken meanwhile, they take a near one."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


async def start_jupyter(folder: Path, settings: dict[str, Any] | None = None) -> Jupyter:
    """A server on a free port. `settings` are traits by class, as in a configuration file."""
    ServerApp.clear_instance()
    folder.mkdir(exist_ok=True)
    config = Config(
        {
            "ServerApp": {
                "jpserver_extensions": {EXTENSION: True},
                "reraise_server_extension_failures": True,
                "allow_unauthenticated_access": False,
                "root_dir": str(folder),
            },
        }
    )
    config.merge(Config(settings or {}))
    app = ServerApp.instance(
        port=free_port(), open_browser=False, allow_root=True, log_level=logging.DEBUG, config=config
    )
    app.initialize(argv=[], find_extensions=False)
    # Making the server sets up logging anew, so this comes after it.
    log = Log()
    for name in LOGGERS:
        logging.getLogger(name).addHandler(log)
    jupyter = Jupyter(app, log)
    await jupyter.raw("GET", "/api")
    assert "GET /api" in log.text, "what the server logs is heard, down to its least lines"
    return jupyter
