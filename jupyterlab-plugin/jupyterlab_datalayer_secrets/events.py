"""
The events of this extension: a vault changed; what a notebook may use, or what its kernel has, did. They reach pages on
the socket that JupyterLab has anyway, and never hold a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyter_events import EventLogger

if TYPE_CHECKING:
    from .grants.grant import Grant, Notebook

SCHEMA_ID: Final = "https://events.datalayer.io/jupyterlab_datalayer_secrets/changes/v1"
KERNELS_ID: Final = "https://events.datalayer.io/jupyterlab_datalayer_secrets/kernels/v1"

_FOLDER: Final = Path(__file__).resolve().parent / "events"
_SCHEMAS: Final = {SCHEMA_ID: _FOLDER / "changes.v1.yaml", KERNELS_ID: _FOLDER / "kernels.v1.yaml"}


def register(logger: EventLogger) -> None:
    """Makes the events known. Before any page subscribes: a subscription is to what is known then."""
    for schema_id, file in _SCHEMAS.items():
        if schema_id not in logger.schemas:
            logger.register_event_schema(file)


def emit_change(logger: EventLogger, vault: str, revision: int) -> None:
    """The vault has this revision now."""
    _emit(logger, {"vault": vault, "revision": revision})


def emit_lost(logger: EventLogger) -> None:
    """Nothing is heard of the service any more."""
    _emit(logger, {"lost": True})


def emit_state(logger: EventLogger, notebook_id: str) -> None:
    """What a page shows of this notebook may be old."""
    _emit(logger, {"kind": "state", "notebook": notebook_id}, KERNELS_ID)


def emit_granted(logger: EventLogger, notebook: Notebook, grant: Grant, replaced: str | None) -> None:
    """The notebook may use the secret, instead of one of the same name in another vault where `replaced` names that."""
    told = {} if replaced is None else {"replaced": replaced}
    _emit(logger, {"kind": "granted", **_about(notebook, grant), **told}, KERNELS_ID)


def emit_revoked(logger: EventLogger, notebook: Notebook, grant: Grant) -> None:
    """The notebook may no longer use the secret."""
    _emit(logger, {"kind": "revoked", **_about(notebook, grant)}, KERNELS_ID)


def emit_missing(logger: EventLogger, notebook: Notebook, names: Iterable[str], reason: str) -> None:
    """A kernel of the notebook is without secrets that it should have. For each start of it and reason once."""
    told = {"notebook": notebook.id, "path": notebook.path, "names": sorted(names), "reason": reason}
    _emit(logger, {"kind": "missing", **told}, KERNELS_ID)


def _about(notebook: Notebook, grant: Grant) -> dict[str, str]:
    return {"notebook": notebook.id, "path": notebook.path, "vault": grant.vault, "name": grant.name}


def _emit(logger: EventLogger, data: dict[str, Any], schema_id: str = SCHEMA_ID) -> None:
    logger.emit(schema_id=schema_id, data=data)
