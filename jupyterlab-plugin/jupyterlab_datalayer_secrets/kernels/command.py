"""The command that a kernel is started with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

#: Loads our helper before the first cell. One that cannot be loaded is a warning in the kernel's log, no more.
FLAG: Final = "--InteractiveShellApp.extra_extensions=datalayer_secrets"

_IPYKERNEL: Final = ("ipykernel_launcher", "ipykernel")
#: Options of Python without an argument, which may stand together.
_OPTIONS: Final = re.compile(r"-[bBdEiIOPqRsSuvx]+")


def can_pull(cmd: Sequence[str]) -> bool:
    """Whether it starts ipykernel in a Python that takes PYTHONPATH, so that our helper can be in it."""
    start = next((place for place, word in enumerate(cmd) if word in _IPYKERNEL), None)
    if start is None:
        return False
    # `-I` and `-E` are for a Python that nothing around it can change.
    return not any(_OPTIONS.fullmatch(word) and {"I", "E"} & {*word} for word in cmd[:start])
