"""A request to the service, before it is known where that is. What handlers need; the way there is loaded when one is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

API: Final = "/api/vault/v1"
#: Seconds. What may wait for a prompt of the keychain, which itself waits 120 s for an answer.
PROMPT: Final = 150.0


@dataclass(frozen=True)
class Call:
    """One request. `body` is JSON text in UTF-8, if any; `timeout` is in seconds, `limit` in bytes of the answer."""

    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    limit: int = 1 << 20


def json_call(call: Call, body: Mapping[str, object]) -> Call:
    """The call with a JSON body."""
    return replace(call, body=json.dumps(body, separators=(",", ":")).encode())
