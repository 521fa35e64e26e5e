"""The bodies that pages may send: exactly the known fields, each within its limits. Errors never repeat content."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from .errors import SecretsError

#: Bytes. A token has at most 5,000 characters, a passphrase less; as in `server/src/http/body.ts`.
SMALL: Final = 16 * 1024
#: Bytes. In JSON one byte of a value may take six: `\u0000`.
WITH_VALUE: Final = 448 * 1024
#: Bytes of UTF-8.
MAX_VALUE: Final = 65_536

Check = Callable[[object], bool]


def text(longest: int, shortest: int = 0) -> Check:
    """Lengths are in characters."""
    return lambda said: isinstance(said, str) and shortest <= len(said) <= longest


def one_of(*words: str) -> Check:
    return lambda said: isinstance(said, str) and said in words


def like(pattern: str) -> Check:
    form = re.compile(pattern)
    return lambda said: isinstance(said, str) and form.fullmatch(said) is not None


def flag(said: object) -> bool:
    return isinstance(said, bool)


def or_null(check: Check) -> Check:
    return lambda said: said is None or check(said)


class Body:
    """One kind of body. `limit` is in bytes, of the body as it is sent."""

    def __init__(
        self, needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, limit: int = SMALL
    ) -> None:
        self.needed = needed
        self.fields: Mapping[str, Check] = {**needed, **(optional or {})}
        self.limit = limit

    def parse(self, sent: bytes) -> dict[str, object]:
        """Raises `too_large`, or `invalid` with the field at fault (`body` for the whole)."""
        if len(sent) > self.limit:
            raise SecretsError("too_large", {"limit": MAX_VALUE} if self.limit == WITH_VALUE else {})
        said = _parse_json(sent)
        if any(name not in self.fields for name in said):
            raise SecretsError("invalid", {"field": "body"})
        for name, fits in self.fields.items():
            if name in said and not fits(said[name]):
                raise SecretsError("invalid", {"field": name})
            if name in self.needed and name not in said:
                raise SecretsError("invalid", {"field": name})
        _check_value(said)
        return said


def _check_value(said: Mapping[str, object]) -> None:
    written = said.get("value")
    if not isinstance(written, str):
        return
    size = len(written.encode())
    if said.get("encoding") == "base64":
        try:
            size = len(base64.b64decode(written, validate=True))
        except (binascii.Error, ValueError):
            raise SecretsError("invalid", {"field": "value"}) from None
    if size > MAX_VALUE:
        raise SecretsError("too_large", {"bytes": size, "limit": MAX_VALUE})


def _parse_json(sent: bytes) -> dict[str, object]:
    """
    An object that two parsers in a row understand alike: UTF-8, no key twice, no half of a character. Not Jupyter's
    `get_json_body`, which logs what it cannot read.
    """
    try:
        said = json.loads(sent.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse)
        if isinstance(said, dict):
            json.dumps(said, ensure_ascii=False).encode("utf-8")
            return said
    except (ValueError, RecursionError):
        pass
    raise SecretsError("invalid", {"field": "body"})


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise ValueError
    return said


def _refuse(_: str) -> NoReturn:
    raise ValueError


_NAME: Final = text(255, 1)
_DESCRIPTION: Final = text(4096)
_TYPE: Final = like(r"[a-z0-9][a-z0-9._-]{0,63}")
_VALUE: Final = text(WITH_VALUE)  # its size in bytes is judged apart
_ENCODING: Final = one_of("plain", "base64")
_SLOT: Final = one_of("keychain", "passphrase", "file")
_PASSPHRASE: Final = text(8192, 1)

ENSURE: Final = Body({"start": flag, "quiet": flag})
SETUP: Final = Body({"slot": _SLOT}, {"passphrase": _PASSPHRASE})
UNLOCK: Final = Body({"interactive": flag}, {"slot": _SLOT, "passphrase": _PASSPHRASE})
NOTHING: Final = Body({})
PASSPHRASE: Final = Body({"passphrase": _PASSPHRASE})
SIGN_IN: Final = Body(
    {},
    {
        "token": text(8192, 1),
        "source": one_of("datalayer-cli", "environment"),
        "remember": flag,
        "check": flag,
    },
)
NEW_SECRET: Final = Body(
    {"name": _NAME, "value": _VALUE},
    {"description": _DESCRIPTION, "variant": _TYPE, "encoding": _ENCODING},
    limit=WITH_VALUE,
)
CHANGES: Final = Body({}, {"name": _NAME, "description": _DESCRIPTION, "variant": _TYPE}, limit=WITH_VALUE)
REPLACEMENT: Final = Body({"value": _VALUE}, {"encoding": _ENCODING}, limit=WITH_VALUE)

#: A path of the contents service. The system's longest has 4,096 bytes.
_PATH: Final = like(r"[^\0]{1,4096}")
_GRANT: Final = {"vault": like(r"[a-z0-9-]{1,32}"), "name": _NAME}
GRANT: Final = Body({"path": _PATH, **_GRANT})
REVOCATION: Final = Body({"notebook": like(r"[0-9a-f]{16}"), **_GRANT})
NOTEBOOK: Final = Body({"path": _PATH, "kernel": or_null(like(r"[0-9A-Za-z_-]{1,64}"))})
REDACTION: Final = Body({"path": _PATH, "on": flag})
