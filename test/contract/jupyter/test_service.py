"""The real service: absent, killed, replaced, in use elsewhere, a squatter in its place."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
from pathlib import Path

import pytest
from conftest import StartJupyter
from support.home import Home
from support.server import Jupyter

SECRETS = "/vaults/local/api/iam/v1/secrets"


@pytest.mark.parametrize("path", ["/api/vault/v1/status", "/api/vault/v1/vaults", SECRETS])
async def test_where_none_runs_no_route_but_one_starts_it(jupyter: Jupyter, home: Home, path: str) -> None:
    reply = await jupyter.ask("GET", path)
    assert (reply.status, reply.code) == (503, "no_service")
    assert (await jupyter.ask("POST", SECRETS, {"name": "A", "value": "canary"})).code == "no_service"
    assert home.run is None
    assert not home.folder.exists(), "looking makes nothing"


async def test_a_killed_service_is_missed_and_a_click_brings_it_back(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    await jupyter.create("A")
    home.kill()
    for path in ("/api/vault/v1/status", SECRETS):
        assert (await jupyter.ask("GET", path)).code == "no_service"
    look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": False})
    assert look.json["service"] == {"state": "none", "used": True, "quiet": True}
    back = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    assert back.json["service"]["state"] == "locked"
    assert (await jupyter.ask("POST", "/api/vault/v1/unlock", {"interactive": True})).status == 200
    listed = await jupyter.ask("GET", SECRETS)
    assert [secret["name_s"] for secret in listed.json["secrets"]] == ["A"]


async def test_a_view_that_is_restored_opens_a_vault_that_needs_no_prompt(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    home.kill()
    back = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": True})
    assert back.json["service"]["state"] == "open"


async def test_a_view_that_is_restored_opens_nothing_that_somebody_locked(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    await jupyter.ask("POST", "/api/vault/v1/lock", {})
    look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": True})
    assert look.json["service"]["state"] == "locked"


async def test_another_service_in_its_place_is_found_without_a_word(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    uid = await jupyter.create("A")
    home.kill()
    home.cli("unlock")
    changed = await jupyter.ask("PUT", f"{SECRETS}/{uid}", {"description": "by another"})
    assert changed.status == 200


async def test_a_service_that_was_replaced_on_request_is_found_too(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    before = home.pid
    assert home.cli("ensure", "--label", "another editor", "--scope", "full", "--replace")["state"] == "locked"
    assert home.pid != before
    status = await jupyter.ask("GET", "/api/vault/v1/status")
    assert status.json["status"]["pid"] == home.pid


async def test_a_squatter_on_its_port_gets_nothing(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    run = home.run
    assert run is not None
    home.kill()
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", run["port"])) as server:
        threading.Thread(target=record, args=(server, got), daemon=True).start()
        reply = await jupyter.ask("POST", SECRETS, {"name": "A", "value": "canary-squat"})
        look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": False})
        server.shutdown(socket.SHUT_RDWR)
    assert reply.code == "no_service"
    assert look.json["service"]["state"] == "none"
    assert got
    spoken = b"".join(got)
    assert b"canary-squat" not in spoken
    assert b"authorization" not in spoken.lower()


def record(server: socket.socket, got: list[bytes]) -> None:
    while True:
        try:
            one, _ = server.accept()
        except OSError:
            return
        with one:
            got.append(one.recv(65_536))
            one.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


async def test_a_vault_in_use_on_another_machine_says_where(jupyter: Jupyter, home: Home) -> None:
    await jupyter.start()
    home.kill()
    (home.folder / "lock.owner").write_text(json.dumps({"host": "pod-7", "pid": 1}))
    held = sqlite3.connect(home.folder / "lock.db", isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    try:
        look = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
        assert look.json["service"] == {"state": "elsewhere", "host": "pod-7"}
        reply = await jupyter.ask("GET", SECRETS)
        assert (reply.status, reply.code, reply.json["details"]) == (409, "elsewhere", {"host": "pod-7"})
    finally:
        held.close()


@pytest.mark.skipif(os.name == "nt", reason="about POSIX permissions")
async def test_a_folder_that_others_may_read_is_refused_by_name(jupyter: Jupyter, home: Home) -> None:
    home.folder.mkdir(mode=0o755)
    home.folder.chmod(0o755)
    reply = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    assert (reply.status, reply.code, reply.json["details"]) == (500, "bad_permissions", {"path": str(home.folder)})


async def test_a_vault_that_no_key_opens_says_why(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    home.kill()
    (home.folder / "vault.json").write_text("not what it was")
    await jupyter.start()
    status = (await jupyter.ask("GET", "/api/vault/v1/status")).json["status"]
    assert (status["state"], status["failure"]["code"]) == ("locked", "integrity")
    assert status["failure"]["details"]["name"] == "vault.json"
    local = (await jupyter.ask("GET", "/api/vault/v1/vaults")).json["vaults"][0]
    assert (local["state"], local["failure"]) == ("failed", "integrity")


async def test_a_broken_installation_says_that_the_service_cannot_be_started(
    jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyterlab_datalayer_secrets.program.SERVICE", Path("/nowhere/service.cjs"))
    reply = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    assert (reply.status, reply.code, reply.json["details"]) == (503, "no_service", {"reason": "package"})


async def test_the_end_of_the_server_ends_what_the_extension_began(start: StartJupyter, home: Home) -> None:
    jupyter = await start()
    await jupyter.set_up()
    await jupyter.extension.stop_extension()
    for thread in threading.enumerate():
        if thread.name.startswith("datalayer-secrets"):
            thread.join(30)
            assert not thread.is_alive()
    assert home.run is not None, "others may still use the service"
