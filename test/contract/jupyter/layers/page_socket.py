"""A page's connection to a kernel, and all that the kernel says on it."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect
from typing_extensions import Self

V1 = "v1.kernel.websocket.jupyter.org"
LEGACY = ""
PROTOCOLS = (V1, LEGACY)
#: Seconds that a busy machine may take for anything that is asked of a kernel.
PATIENCE = 120.0


@dataclass
class Said:
    """What a kernel said to one request, in order."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    #: As it came, whatever the protocol.
    raw: bytearray = field(default_factory=bytearray)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Contents of the messages of this kind."""
        return [message["content"] for message in self.messages if message["header"]["msg_type"] == kind]

    def text(self, name: str = "stdout") -> str:
        """All that was printed."""
        return "".join(content["text"] for content in self.of("stream") if content["name"] == name)


class PageSocket:
    """An asynchronous context. `session` names the page, which may come back under the same."""

    def __init__(self, origin: str, token: str, kernel: str, protocol: str, session: str) -> None:
        self._url = f"{origin.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
        self._token = token
        self._protocol = protocol
        self.session = session
        self._socket: WebSocketClientConnection | None = None

    async def __aenter__(self) -> Self:
        request = HTTPRequest(
            f"{self._url}?session_id={self.session}", headers={"Authorization": f"token {self._token}"}
        )
        protocols = [self._protocol] if self._protocol else None
        self._socket = await websocket_connect(request, subprotocols=protocols, max_message_size=1 << 28)
        assert (self._socket.selected_subprotocol or "") == self._protocol
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        assert self._socket is not None
        self._socket.close()

    async def ask(self, kind: str, content: dict[str, Any], channel: str = "shell") -> str:
        """Sends a request, gives its id."""
        assert self._socket is not None
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "username": "page",
            "session": self.session,
            "date": "2026-01-01T00:00:00Z",
            "version": "5.4",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        if self._protocol == V1:
            sent = serialize_msg_to_ws_v1(message, channel, lambda part: json.dumps(part).encode())
            await self._socket.write_message(sent, binary=True)
        else:
            await self._socket.write_message(json.dumps({**message, "channel": channel, "buffers": []}))
        return str(header["msg_id"])

    async def hear(self, said: Said) -> dict[str, Any]:
        """The next message."""
        assert self._socket is not None
        got = await asyncio.wait_for(self._socket.read_message(), PATIENCE)
        assert got is not None, "the socket was closed"
        raw = got if isinstance(got, bytes) else got.encode()
        message: dict[str, Any]
        if self._protocol == V1:
            channel, parts = deserialize_msg_from_ws_v1(raw)
            names = ("header", "parent_header", "metadata", "content")
            message = {name: json.loads(part) for name, part in zip(names, parts, strict=False)}
            message.update(channel=channel, buffers=parts[4:])
        else:
            message = deserialize_binary_message(raw) if isinstance(got, bytes) else json.loads(got)
        said.raw += raw + b"\n"
        said.messages.append(message)
        return message

    async def answers(self, request: str, said: Said | None = None) -> Said:
        """All messages up to the end of that request: its reply, and that the kernel is idle."""
        said = said or Said()
        replied = idle = False
        while not (replied and idle):
            message = await self.hear(said)
            if message["parent_header"].get("msg_id") != request:
                continue
            replied |= message["channel"] == "shell"
            idle |= message["header"]["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        return said

    async def run(self, code: str) -> Said:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        return await self.answers(await self.ask("execute_request", content))
