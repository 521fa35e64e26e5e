"""Changes, as they reach pages on the socket that JupyterLab has."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from conftest import StartJupyter
from support.home import Home
from support.server import Jupyter

from jupyterlab_datalayer_secrets import events

ID = "https://events.datalayer.io/jupyterlab_datalayer_secrets/changes/v1"


def is_change(vault: str, least: int = 0) -> Any:
    return lambda event: event.get("vault") == vault and event.get("revision", -1) >= least


async def test_a_change_is_told_to_every_page_and_says_no_more(jupyter: Jupyter) -> None:
    pages = [await jupyter.subscribe() for _ in range(2)]
    await jupyter.set_up()
    first = await pages[0].until(is_change("local", 1))
    await jupyter.create("CANARY_NAME", "canary-value")
    for page in pages:
        event = await page.until(is_change("local", first["revision"] + 1))
        assert event["schema_id"] == ID
        told = {name: said for name, said in event.items() if not name.startswith("__") and name != "schema_id"}
        assert set(told) == {"vault", "revision"}
        assert "canary" not in json.dumps(page.heard).lower()
        page.close()


async def test_the_end_of_the_service_is_told(jupyter: Jupyter, home: Home) -> None:
    page = await jupyter.subscribe()
    await jupyter.set_up()
    await page.until(is_change("local"))
    home.kill()
    lost = await page.until(lambda event: "vault" not in event)
    assert lost["lost"] is True
    assert lost["schema_id"] == ID
    page.close()


async def test_what_another_service_says_is_heard_after_it_was_found(jupyter: Jupyter, home: Home) -> None:
    page = await jupyter.subscribe()
    await jupyter.set_up()
    home.kill()
    await page.until(lambda event: event.get("lost") is True)
    await jupyter.start()
    await page.until(is_change("local"))
    page.close()


async def test_one_stream_serves_all_pages(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    for _ in range(5):
        await jupyter.ask("GET", "/api/vault/v1/vaults")
    listening = [thread for thread in threading.enumerate() if thread.name == "datalayer-secrets changes"]
    assert len(listening) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"vault": "local", "revision": 1, "name": "canary"},
        {"vault": "local"},
        {"vault": "not an id", "revision": 1},
        {"lost": False},
        {"vault": "local", "revision": 1, "lost": True},
    ],
)
async def test_the_schema_lets_nothing_else_pass(jupyter: Jupyter, data: dict[str, Any]) -> None:
    page = await jupyter.subscribe()
    logger = jupyter.app.event_logger
    assert logger is not None
    with pytest.raises(Exception, match="Failed validating"):
        logger.emit(schema_id=events.SCHEMA_ID, data=data)
    page.close()


async def test_of_a_local_vault_that_is_not_allowed_nothing_is_told(start: StartJupyter, home: Home) -> None:
    jupyter = await start({"DatalayerSecrets": {"allow_local_vault": False}})
    page = await jupyter.subscribe()
    await jupyter.start()
    assert home.cli("setup", "--key-file", str(home.folder / "key"))["state"] == "open"
    home.kill()
    await page.until(lambda event: event.get("lost") is True)
    assert all("vault" not in event for event in page.heard)
    page.close()
