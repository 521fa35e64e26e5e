"""The one event of this extension: a vault changed. It reaches pages on the socket that JupyterLab has anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jupyter_events import EventLogger

SCHEMA_ID: Final = "https://events.datalayer.io/jupyterlab_datalayer_secrets/changes/v1"
_SCHEMA: Final = Path(__file__).resolve().parent / "events" / "changes.v1.yaml"


def register(logger: EventLogger) -> None:
    """Makes the event known. Before any page subscribes: a subscription is to what is known then."""
    if SCHEMA_ID not in logger.schemas:
        logger.register_event_schema(_SCHEMA)


def emit_change(logger: EventLogger, vault: str, revision: int) -> None:
    """The vault has this revision now."""
    _emit(logger, {"vault": vault, "revision": revision})


def emit_lost(logger: EventLogger) -> None:
    """Nothing is heard of the service any more."""
    _emit(logger, {"lost": True})


def _emit(logger: EventLogger, data: dict[str, Any]) -> None:
    logger.emit(schema_id=SCHEMA_ID, data=data)
