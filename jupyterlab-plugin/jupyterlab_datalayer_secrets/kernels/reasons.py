"""Why a kernel is without a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from ..errors import SecretsError

#: The first four are about names and values themselves: nothing but another secret changes that.
Reason = Literal[
    "never_exported",
    "nul",
    "too_long",
    "too_much",
    "not_found",
    "locked",
    "no_service",
    "timeout",
    "failed",
]

#: Why a secret that can be read is not in the environment.
UNFIT: Final = frozenset({"never_exported", "nul", "too_long", "too_much"})

_REASONS: Final[Mapping[str, Reason]] = {
    "not_found": "not_found",
    "locked": "locked",
    "setup_needed": "locked",
    "no_service": "no_service",
    "elsewhere": "no_service",
    "timeout": "timeout",
}


def reason_of(error: SecretsError) -> Reason:
    return _REASONS.get(error.kind, "failed")


class Refused(Exception):
    """A secret that is not given out: `not_granted`, or a `Reason`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
