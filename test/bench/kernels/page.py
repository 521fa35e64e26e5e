"""A page's connection to a kernel, in the protocol that JupyterLab speaks."""

from __future__ import annotations

import json
import socket
import uuid
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from websocket import WebSocket, create_connection

PROTOCOL = "v1.kernel.websocket.jupyter.org"
#: Seconds that a busy machine may take for one message.
PATIENCE = 60.0


class Page:
    """Sends cells, and takes what is said to them."""

    def __init__(self, origin: str, token: str, kernel: str) -> None:
        self._session = uuid.uuid4().hex
        self._socket: WebSocket = create_connection(
            f"{origin.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?session_id={self._session}",
            header=[f"Authorization: token {token}"],
            subprotocols=[PROTOCOL],
            skip_utf8_validation=True,
            timeout=PATIENCE,
            http_no_proxy=["127.0.0.1"],
        )

    def run(self, code: str, size: int = 0) -> str:
        """
        Runs a cell; what it printed, once the kernel is idle and so many characters came: what subprocesses print may be
        late. Raises if the cell fails.
        """
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        request = self._ask("execute_request", content)
        printed: list[str] = []
        count = 0
        replied = idle = False
        while not (replied and idle) or count < size:
            channel, (header, parent, _, said, *_) = deserialize_msg_from_ws_v1(self._receive())  # type: ignore[no-untyped-call]
            if request not in parent:
                continue
            kind = json.loads(header)["msg_type"]
            if kind == "stream":
                # Where a read of bash's kernel ends between the two, the first is left over.
                printed.append(json.loads(said)["text"].replace("\r", ""))
                count += len(printed[-1])
            elif kind == "error":
                raise RuntimeError(f"a cell failed: {json.loads(said)['ename']}")
            replied = replied or channel == "shell"
            idle = idle or (kind == "status" and json.loads(said)["execution_state"] == "idle")
        return "".join(printed)

    def _receive(self) -> bytes:
        # Jupyter's sockets wait for an acknowledgement before their next message, which Linux delays now and then for
        # 40 ms: of us that says nothing.
        assert self._socket.sock is not None
        self._socket.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        said = self._socket.recv()
        assert isinstance(said, bytes)
        return said

    def close(self) -> None:
        self._socket.close()

    def _ask(self, kind: str, content: dict[str, Any]) -> bytes:
        """The id of this request."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "username": "page",
            "session": self._session,
            "date": "2026-01-01T00:00:00Z",
            "version": "5.4",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        sent = serialize_msg_to_ws_v1(  # type: ignore[no-untyped-call]
            message, "shell", lambda part: json.dumps(part).encode()
        )
        self._socket.send_binary(sent)
        return str(header["msg_id"]).encode()
