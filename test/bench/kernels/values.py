"""Secrets as people have them, always the same."""

from __future__ import annotations

import base64
import random
import string

LETTERS = string.ascii_letters + string.digits


def values(count: int) -> list[str]:
    """Of ten, seven are API keys, one is a PEM file, two are passwords. The first of `values(100)` are `values(10)`."""
    source = random.Random(7)
    kinds = (_api_key, _api_key, _password, _api_key, _pem, _api_key, _api_key, _password, _api_key, _api_key)
    return [kinds[at % len(kinds)](source) for at in range(count)]


def _api_key(source: random.Random) -> str:
    return source.choice(("sk-", "hf_", "ghp_", "key-")) + "".join(source.choices(LETTERS, k=source.randrange(37, 57)))


def _password(source: random.Random) -> str:
    return "".join(source.choices(LETTERS + "!%&-_+#", k=12))


def _pem(source: random.Random) -> str:
    text = base64.b64encode(source.randbytes(1200)).decode()
    lines = (text[at : at + 64] for at in range(0, len(text), 64))
    return "\n".join(("-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""))
