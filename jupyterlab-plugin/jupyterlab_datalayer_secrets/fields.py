"""
What pages may be told. Each answer is made anew from a list of fields and what each may hold; whatever else the service
said stays here. No field has a name that contains "value".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from .errors import ERROR_KINDS, SecretsError, details_of

#: Gives what it was given, cleaned, or raises `Unfit`.
Reader = Callable[[object], object]


class Unfit(Exception):
    """What was said is not what the field may hold."""


def text(longest: int) -> Reader:
    def read(said: object) -> object:
        if isinstance(said, str) and len(said) <= longest:
            return said
        raise Unfit

    return read


def word(pattern: str) -> Reader:
    form = re.compile(pattern)

    def read(said: object) -> object:
        if isinstance(said, str) and form.fullmatch(said):
            return said
        raise Unfit

    return read


def one_of(words: tuple[str, ...]) -> Reader:
    def read(said: object) -> object:
        if isinstance(said, str) and said in words:
            return said
        raise Unfit

    return read


def number(said: object) -> object:
    if type(said) is int and said >= 0:
        return said
    raise Unfit


def flag(said: object) -> object:
    if isinstance(said, bool):
        return said
    raise Unfit


def or_none(reader: Reader) -> Reader:
    """What the reader takes, else null: it is not known."""

    def read(said: object) -> object:
        try:
            return reader(said)
        except Unfit:
            return None

    return read


def each(reader: Reader) -> Reader:
    """A list, less the items that do not fit."""

    def read(said: object) -> object:
        if not isinstance(said, list):
            raise Unfit
        kept = []
        for item in said:
            try:
                kept.append(reader(item))
            except Unfit:
                continue
        return kept

    return read


class Record:
    """An object of exactly these fields, less those that are missing or unfit."""

    def __init__(self, fields: Mapping[str, Reader], needed: tuple[str, ...] = ()) -> None:
        self.fields = fields
        self.needed = needed

    def __call__(self, said: object) -> dict[str, object]:
        if not isinstance(said, dict):
            raise Unfit
        kept: dict[str, object] = {}
        for name, reader in self.fields.items():
            if name not in said:
                continue
            try:
                kept[name] = reader(said[name])
            except Unfit:
                continue
        if any(name not in kept for name in self.needed):
            raise Unfit
        return kept

    def of(self, said: object) -> dict[str, object]:
        """The content of an answer. Raises `protocol` where what it is about is missing."""
        try:
            return self(said)
        except Unfit:
            raise SecretsError("protocol") from None


#: Words of our own: kinds, states, places, slots.
_WORD: Final = word(r"[a-z-]{1,32}")
_TIME: Final = word(r"\d{4}-\d{2}-\d{2}[T ][0-9:.]{5,18}(Z|[+-]\d{2}:?\d{2})?")

_KIND: Final = one_of(ERROR_KINDS)
#: Why something is as it is, told as an error is.
FAULT: Final = Record({"code": _KIND, "details": details_of}, needed=("code", "details"))
ACCOUNT: Final = Record(
    {"uid": text(255), "handle": text(320), "email": or_none(text(320))}, needed=("uid", "handle", "email")
)
VAULT: Final = Record(
    {
        "id": word(r"[a-z0-9-]{1,32}"),
        "kind": _WORD,
        "label": text(255),
        "origin": or_none(text(2048)),
        "state": _WORD,
        "account": or_none(ACCOUNT),
        "tokenPlace": or_none(_WORD),
        "failure": or_none(_KIND),
        "damaged": number,
        "revision": number,
    },
    needed=("id", "kind", "label", "state", "revision"),
)
OFFER: Final = Record({"origin": text(2048), "source": _WORD}, needed=("origin", "source"))
#: As the service writes it, which is as Datalayer does. Nothing is needed: a page counts what it cannot show.
SECRET: Final = Record(
    {
        "uid": word(r"[0-9A-Za-z_-]{1,64}"),
        "name_s": text(1024),
        "description_t": text(16_384),
        "variant_s": text(64),
        "creation_ts_dt": _TIME,
        "last_update_ts_dt": _TIME,
    }
)

STATUS: Final = Record(
    {
        "status": Record(
            {
                "version": text(64),
                "protocol": number,
                "host": text(255),
                "pid": number,
                "state": _WORD,
                "slots": each(_WORD),
                "openedBy": or_none(_WORD),
                "keychain": _WORD,
                "quietUnlock": flag,
                "failure": FAULT,
            },
            needed=("version", "protocol", "host", "pid", "state", "slots", "openedBy", "keychain", "quietUnlock"),
        )
    },
    needed=("status",),
)
VAULTS: Final = Record({"vaults": each(VAULT), "offers": each(OFFER)}, needed=("vaults", "offers"))
SIGN_IN: Final = Record({"vault": or_none(VAULT), "account": ACCOUNT}, needed=("vault", "account"))
SECRETS: Final = Record({"secrets": each(SECRET)}, needed=("secrets",))
CHANGED: Final = Record({"secret": SECRET}, needed=("secret",))
NOTHING: Final = Record({})
#: The line of `ensure`, without address and token.
SERVICE: Final = Record(
    {
        "service": Record(
            {"state": _WORD, "used": flag, "quiet": flag, "host": text(255), "version": text(64)}, needed=("state",)
        ),
        "policy": Record({"localVault": flag, "apiKey": flag}, needed=("localVault", "apiKey")),
    },
    needed=("service", "policy"),
)

_NOTEBOOK: Final = word(r"[0-9a-f]{16}")
_VAULT_ID: Final = word(r"[a-z0-9-]{1,32}")
_STORED: Final = one_of(("file", "memory"))
GRANT: Final = Record(
    {"notebook": _NOTEBOOK, "path": text(8192), "exists": flag, "vault": _VAULT_ID, "name": text(1024)},
    needed=("notebook", "path", "exists", "vault", "name"),
)
#: `fault`: why nothing is kept on disk.
GRANTS: Final = Record({"grants": each(GRANT), "fault": or_none(FAULT)}, needed=("grants", "fault"))
ALLOWED: Final = Record(
    {"notebook": _NOTEBOOK, "already": flag, "replaced": or_none(_VAULT_ID), "stored": _STORED},
    needed=("notebook", "already", "replaced", "stored"),
)
NOTEBOOK_SECRET: Final = Record(
    {
        "vault": _VAULT_ID,
        "name": text(1024),
        "granted": flag,
        "state": one_of(("no_kernel", "in_kernel", "next_cell", "restart", "before", "left_out", "missing")),
        "reason": or_none(word(r"[a-z_]{1,32}")),
    },
    needed=("vault", "name", "granted", "state", "reason"),
)
NOTEBOOK: Final = Record(
    {
        "notebook": Record(
            {
                "id": _NOTEBOOK,
                "path": text(8192),
                "stored": _STORED,
                "possible": flag,
                "why": or_none(one_of(("gateway", "remote"))),
                "kernel": one_of(("none", "live", "start", "before")),
                "redaction": flag,
                "secrets": each(NOTEBOOK_SECRET),
            },
            needed=("id", "path", "stored", "possible", "why", "kernel", "redaction", "secrets"),
        )
    },
    needed=("notebook",),
)
REDACTION: Final = Record({"notebook": _NOTEBOOK, "redaction": flag}, needed=("notebook", "redaction"))
