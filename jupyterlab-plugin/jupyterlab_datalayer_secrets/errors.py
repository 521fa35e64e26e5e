"""Every way in which a request can fail, under the names that the service and the user interfaces use."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

Details = Mapping[str, "str | int | float"]

#: As in `shared/src/errors.ts`; a test compares the two.
ERROR_KINDS: Final = (
    "offline",
    "timeout",
    "proxy",
    "certificate",
    "redirect",
    "protocol",
    "unauthenticated",
    "other_account",
    "forbidden",
    "not_found",
    "conflict",
    "immutable",
    "invalid",
    "value_required",
    "deleted_not_stored",
    "too_large",
    "setup_needed",
    "locked",
    "wrong_passphrase",
    "already_set_up",
    "rate_limited",
    "busy",
    "server",
    "integrity",
    "vault_incomplete",
    "disk_full",
    "audit_unavailable",
    "no_keychain",
    "keychain_locked",
    "keychain_denied",
    "keychain_timeout",
    "keychain_ambiguous",
    "no_key_file",
    "elsewhere",
    "too_old",
    "too_new",
    "newer_vault",
    "bad_permissions",
    "no_service",
    "impostor",
    "cancelled",
    "unexpected",
)

#: HTTP status of what is found here rather than by the service, as in `server/src/http/statuses.ts`.
STATUS: Final[Mapping[str, int]] = {
    "offline": 502,
    "timeout": 504,
    "redirect": 502,
    "protocol": 502,
    "forbidden": 403,
    "not_found": 404,
    "invalid": 400,
    "too_large": 413,
    "elsewhere": 409,
    "too_old": 426,
    "too_new": 426,
    "bad_permissions": 500,
    "no_service": 503,
    "impostor": 502,
    "cancelled": 499,
    "unexpected": 500,
}

#: One sentence each, for whoever reads the answer itself; user interfaces have their own by kind and details.
MESSAGES: Final[Mapping[str, str]] = {
    "offline": "The service cannot be reached.",
    "timeout": "No answer came in time.",
    "proxy": "A proxy stands in the way.",
    "certificate": "No secure connection could be made.",
    "redirect": "The service points to another address, which was not followed.",
    "protocol": "The service gave an answer that makes no sense.",
    "unauthenticated": "The sign-in is not accepted.",
    "other_account": "The keychain now holds the sign-in of another account.",
    "forbidden": "This is not allowed here.",
    "not_found": "There is no such secret or vault.",
    "conflict": "A secret with this name exists already.",
    "immutable": "A value cannot be changed in place.",
    "invalid": "The request was not accepted.",
    "value_required": "This service changes a secret only together with its value.",
    "deleted_not_stored": "The secret was deleted, but its new value was not stored.",
    "too_large": "This is too large.",
    "setup_needed": "There is no vault on this machine yet.",
    "locked": "The vault is locked.",
    "wrong_passphrase": "This is not the passphrase of the vault.",
    "already_set_up": "The vault on this machine exists already.",
    "rate_limited": "There were too many requests.",
    "busy": "The service is busy.",
    "server": "The service has a fault.",
    "integrity": "A part of the vault was altered or damaged.",
    "vault_incomplete": "A file of the vault is gone.",
    "disk_full": "The disk is full.",
    "audit_unavailable": "The audit record could not be written, so nothing was done.",
    "no_keychain": "This machine has no keychain that can be used.",
    "keychain_locked": "The keychain of the system is locked.",
    "keychain_denied": "The keychain did not give out the key.",
    "keychain_timeout": "The keychain did not answer.",
    "keychain_ambiguous": "The keychain holds two entries for the same thing.",
    "no_key_file": "The key file of the vault is not there or cannot be read.",
    "elsewhere": "The vault is in use on another machine that shares this home folder.",
    "too_old": "The running secrets service is too old for this program.",
    "too_new": "The running secrets service is too new for this program.",
    "newer_vault": "A newer version wrote this vault.",
    "bad_permissions": "Other users of this machine can read the files of the vault.",
    "no_service": "The secrets service is not running.",
    "impostor": "Another program answers where the secrets service was.",
    "cancelled": "Cancelled.",
    "unexpected": "Something unexpected happened.",
}

#: The same where the reason says more.
REASONS: Final[Mapping[tuple[str, str], str]] = {
    ("not_found", "no-file"): "There is no such notebook. Save it first.",
    ("invalid", "no-notebook"): "Only a notebook (.ipynb) can be allowed to use secrets.",
    ("integrity", "grants"): "The file grants.json is damaged, so it is not used. Repair it or move it away.",
    ("bad_permissions", "grants"): "The file grants.json cannot be read or written.",
    ("newer_vault", "grants"): "A newer version wrote the file grants.json. Update Datalayer Secrets.",
}

#: Details that may be shown, as in `shared/src/wire.ts`.
NUMBERS: Final = frozenset({"bytes", "limit", "length", "pid", "port", "seconds", "status"})
WORDS: Final = frozenset(
    {
        "account",
        "before",
        "cause",
        "code",
        "field",
        "folder",
        "host",
        "name",
        "origin",
        "path",
        "reason",
        "uid",
        "vault",
    }
)
LONGEST_WORD: Final = 255


class SecretsError(Exception):
    """A failure that can be shown: a kind, and numbers and short words about who and where. Never content."""

    def __init__(self, kind: str, details: Details | None = None, *, status: int | None = None) -> None:
        self.kind = kind
        self.status = status or STATUS.get(kind, 500)
        self.details = details or {}
        self.message = REASONS.get((kind, str(self.details.get("reason"))), MESSAGES[kind])
        super().__init__(self.message)


def error_of(status: int, body: Mapping[str, object]) -> SecretsError:
    """The service's own failure. Its code and the details that are known pass, nothing of its text does."""
    code = body.get("code")
    kind = code if isinstance(code, str) and code in ERROR_KINDS else "unexpected"
    return SecretsError(kind, details_of(body.get("details")), status=status)


def details_of(details: object) -> dict[str, str | int | float]:
    """Those of the given details that may be shown; whatever else is there is dropped."""
    kept: dict[str, str | int | float] = {}
    if not isinstance(details, dict):
        return kept
    for name, detail in details.items():
        if (name in NUMBERS and _is_number(detail)) or (name in WORDS and _is_word(detail)):
            kept[name] = detail
    return kept


def _is_number(detail: object) -> bool:
    return isinstance(detail, (int, float)) and not isinstance(detail, bool)


def _is_word(detail: object) -> bool:
    if not isinstance(detail, str) or not 0 < len(detail) <= LONGEST_WORD:
        return False
    return not any(unicodedata.category(char).startswith("C") for char in detail)


def failure_body(error: SecretsError) -> dict[str, object]:
    """The body that an error is told by."""
    body: dict[str, object] = {"success": False, "code": error.kind, "message": error.message}
    return {**body, "details": dict(error.details)} if error.details else body
