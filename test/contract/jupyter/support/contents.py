"""Jupyter's own routes, as a page asks them."""

from __future__ import annotations

import json
from typing import Any

from support.server import Jupyter, Reply

NOTEBOOK = {"type": "notebook", "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}


class Contents:
    """Files and sessions of one server. What fails is a fault of the test."""

    def __init__(self, jupyter: Jupyter) -> None:
        self._jupyter = jupyter

    async def write(self, path: str, metadata: dict[str, Any] | None = None) -> None:
        """Saves an empty notebook there."""
        content = {**NOTEBOOK["content"], "metadata": metadata or {}}  # type: ignore[dict-item]
        await self.ask("PUT", f"contents/{path}", {**NOTEBOOK, "content": content})

    async def make_folder(self, path: str) -> None:
        await self.ask("PUT", f"contents/{path}", {"type": "directory"})

    async def rename(self, old: str, new: str) -> None:
        await self.ask("PATCH", f"contents/{old}", {"path": new})

    async def delete(self, path: str) -> None:
        await self.ask("DELETE", f"contents/{path}")

    async def copy(self, path: str, folder: str = "") -> str:
        """The path of the copy."""
        reply = await self.ask("POST", f"contents/{folder}", {"copy_from": path})
        return str(reply.json["path"])

    async def open(self, path: str, name: str, **more: object) -> dict[str, Any]:
        """A session with a new kernel, or with `kernel`."""
        body = {"path": path, "name": name, "type": "notebook", "kernel": {"name": "python3"}, **more}
        said: dict[str, Any] = (await self.ask("POST", "sessions", body)).json
        return said

    async def change(self, session: dict[str, Any], **changes: object) -> dict[str, Any]:
        said: dict[str, Any] = (await self.ask("PATCH", f"sessions/{session['id']}", changes)).json
        return said

    async def ask(self, method: str, path: str, body: object = None) -> Reply:
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self._jupyter.token}", "Content-Type": "application/json"}
        reply = await self._jupyter.raw(method, f"{self._jupyter.app.base_url}api/{path}", sent, headers)
        assert reply.status < 300, reply.text
        return reply
