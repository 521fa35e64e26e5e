"""How requests fail: by a kind of the shared table, with its status, and nothing of what was sent."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from support.bundle import ROOT
from support.server import Jupyter

from jupyterlab_datalayer_secrets import errors

SECRETS = "/vaults/local/api/iam/v1/secrets"
VAULT = "/api/vault/v1"


def table(source: str, name: str) -> str:
    """The text of one table of the TypeScript sources."""
    text = (ROOT / source).read_text()
    found = re.search(rf"{name} = (?:new Set\()?[\[{{](.*?)[\]}}]", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_kinds_are_those_of_the_shared_table() -> None:
    kinds = re.findall(r"'([a-z_]+)'", table("shared/src/errors.ts", "ERROR_KINDS"))
    assert list(errors.ERROR_KINDS) == kinds
    assert set(errors.MESSAGES) == set(kinds)


def test_a_status_is_that_of_the_service() -> None:
    told = dict(re.findall(r"(\w+): (\d{3})", table("server/src/http/statuses.ts", "STATUS")))
    assert {kind: int(told[kind]) for kind in errors.STATUS} == dict(errors.STATUS)


def test_details_pass_as_pages_read_them() -> None:
    numbers = re.findall(r"'(\w+)'", table("shared/src/wire.ts", "NUMBERS"))
    words = re.findall(r"'(\w+)'", table("shared/src/wire.ts", "WORDS"))
    assert sorted(errors.NUMBERS) == sorted(numbers)
    assert sorted(errors.WORDS) == sorted(words)


def test_of_the_service_own_error_pass_its_code_and_known_details() -> None:
    body = {
        "code": "conflict",
        "message": "canary",
        "secret": "canary",
        "details": {"name": "A", "status": 409, "seconds": 1.5, "value": "canary", "path": "a\nb", "host": "x" * 300},
    }
    error = errors.error_of(409, body)
    assert (error.kind, error.status) == ("conflict", 409)
    assert error.details == {"name": "A", "status": 409, "seconds": 1.5}
    assert "canary" not in json.dumps(errors.failure_body(error)) + str(error) + repr(error)


@pytest.mark.parametrize("code", ["canary", None, 7, ["conflict"], {}])
def test_a_code_that_is_not_known_says_nothing(code: object) -> None:
    error = errors.error_of(418, {"code": code, "details": "canary"})
    assert (error.kind, error.status, error.details) == ("unexpected", 418, {})


LONG = "x" * 65_537


#: Method, path, body; status, kind and details of the failure.
REFUSED: list[tuple[str, str, object, int, str, dict[str, object]]] = [
    ("POST", SECRETS, {"name": "A", "value": "canary", "note": "canary"}, 400, "invalid", {"field": "body"}),
    ("POST", SECRETS, {"name": "A", "value": 7}, 400, "invalid", {"field": "value"}),
    ("POST", SECRETS, {"value": "canary"}, 400, "invalid", {"field": "name"}),
    ("POST", SECRETS, {"name": "", "value": "canary"}, 400, "invalid", {"field": "name"}),
    (
        "POST",
        SECRETS,
        {"name": "A", "value": "canary", "variant": "Canary !"},
        400,
        "invalid",
        {"field": "variant"},
    ),
    ("POST", SECRETS, {"name": "A", "value": "canary", "encoding": "rot13"}, 400, "invalid", {"field": "encoding"}),
    ("POST", SECRETS, {"name": "A", "value": "canary", "encoding": "base64"}, 400, "invalid", {"field": "value"}),
    ("POST", SECRETS, {"name": "A", "value": LONG}, 413, "too_large", {"bytes": 65_537, "limit": 65_536}),
    ("POST", SECRETS, {"name": "A", "value": "ä" * 32_769}, 413, "too_large", {"bytes": 65_538, "limit": 65_536}),
    ("POST", SECRETS, {"name": "A", "value": "x" * 500_000}, 413, "too_large", {"limit": 65_536}),
    ("PUT", f"{SECRETS}/UID", {"value": "canary"}, 400, "invalid", {"field": "body"}),
    ("PUT", f"{SECRETS}/UID", {"name": "B"}, 404, "not_found", {}),
    ("DELETE", f"{SECRETS}/UID", None, 404, "not_found", {}),
    ("DELETE", f"{SECRETS}/a.b", None, 404, "not_found", {}),
    ("DELETE", f"{SECRETS}/{'x' * 65}", None, 404, "not_found", {}),
    ("GET", "/vaults/Local/api/iam/v1/secrets", None, 404, "not_found", {}),
    ("GET", "/vaults/r-00000000/api/iam/v1/secrets", None, 404, "not_found", {"vault": "r-00000000"}),
    ("GET", f"{SECRETS}?uid=canary", None, 400, "invalid", {}),
    ("GET", f"{VAULT}/status?x-value-encoding=canary", None, 400, "invalid", {}),
    ("DELETE", f"{VAULT}/vaults/local", None, 404, "not_found", {}),
    ("POST", f"{VAULT}/setup", {"slot": "file"}, 409, "already_set_up", {}),
    ("POST", f"{VAULT}/setup", {"slot": "file", "keyFile": "/canary"}, 400, "invalid", {"field": "body"}),
    ("POST", f"{VAULT}/unlock", {"interactive": True, "keyFile": "/canary"}, 400, "invalid", {"field": "body"}),
    ("POST", f"{VAULT}/unlock", {}, 400, "invalid", {"field": "interactive"}),
    ("POST", f"{VAULT}/lock", {"now": True}, 400, "invalid", {"field": "body"}),
    ("PUT", f"{VAULT}/slots/passphrase", {"passphrase": ""}, 400, "invalid", {"field": "passphrase"}),
    ("POST", f"{VAULT}/vaults", {"origin": "https://canary.example"}, 400, "invalid", {"field": "body"}),
    ("POST", f"{VAULT}/vaults", {"source": "environment"}, 400, "invalid", {"field": "token"}),
    ("POST", f"{VAULT}/vaults", {}, 400, "invalid", {"field": "token"}),
    ("POST", "/ensure", {"start": 1, "quiet": False}, 400, "invalid", {"field": "start"}),
    ("POST", "/ensure", {"start": True}, 400, "invalid", {"field": "quiet"}),
]


async def test_a_failure_has_a_kind_and_says_nothing_of_what_was_sent(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    for method, path, body, *failure in REFUSED:
        reply = await jupyter.ask(method, path, body)
        assert [reply.status, reply.code, reply.json.get("details", {})] == failure, (method, path, body)
        assert reply.json["message"] == errors.MESSAGES[reply.json["code"]]
        assert "canary" not in reply.text


NO_BODIES = (
    b"canary",
    b'["canary"]',
    b"",
    b'{"passphrase": "canary", "passphrase": "canary2"}',
    b'{"passphrase": "canary\xff"}',
    b'{"passphrase": "canary\\ud800"}',
    b'{"passphrase": NaN}',
    b"[" * 5_000,
)


async def test_what_is_not_one_json_object_is_refused_and_never_logged(jupyter: Jupyter) -> None:
    await jupyter.start()
    headers = {"Authorization": f"token {jupyter.token}", "Content-Type": "application/json"}
    for sent in NO_BODIES:
        reply = await jupyter.raw("PUT", f"/datalayer-secrets{VAULT}/slots/passphrase", sent, headers)
        assert (reply.status, reply.code) == (400, "invalid"), sent
        assert "canary" not in reply.text
    assert "canary" not in jupyter.log.text


async def test_a_form_is_no_request(jupyter: Jupyter) -> None:
    await jupyter.start()
    headers = {"Authorization": f"token {jupyter.token}", "Content-Type": "text/plain"}
    reply = await jupyter.raw("POST", f"/datalayer-secrets{VAULT}/lock", b"{}", headers)
    assert (reply.status, reply.code) == (415, "invalid")


async def test_the_largest_value_is_stored_however_it_is_written(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    await jupyter.create("PLAIN", "x" * 65_536)
    escaped = b'{"name": "ESCAPED", "value": "' + b"\\u0000" * 65_536 + b'"}'
    headers = {"Authorization": f"token {jupyter.token}", "Content-Type": "application/json"}
    assert (await jupyter.raw("POST", f"/datalayer-secrets{SECRETS}", escaped, headers)).status == 201


async def test_a_wrong_passphrase_a_locked_vault_and_a_missing_one_say_so(jupyter: Jupyter) -> None:
    await jupyter.start()
    assert (await jupyter.ask("GET", SECRETS)).code == "setup_needed"
    await jupyter.ask("POST", f"{VAULT}/setup", {"slot": "passphrase", "passphrase": "correct horse battery"})
    await jupyter.create("A")
    conflict = await jupyter.ask("POST", SECRETS, {"name": "A", "value": "canary"})
    assert (conflict.status, conflict.code) == (409, "conflict")
    await jupyter.ask("POST", f"{VAULT}/lock", {})
    locked = await jupyter.ask("GET", SECRETS)
    assert (locked.status, locked.code) == (423, "locked")
    wrong = await jupyter.ask("POST", f"{VAULT}/unlock", {"passphrase": "canary", "interactive": True})
    assert (wrong.status, wrong.code) == (403, "wrong_passphrase")
    assert "canary" not in jupyter.log.text
    assert "correct horse" not in jupyter.log.text


async def test_what_a_page_gave_up_is_given_up_and_makes_no_noise(
    jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def wait(*_: object) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(jupyter.extension.page(), "ask", wait)
    _, writer = await asyncio.open_connection("127.0.0.1", jupyter.app.port)
    head = f"GET /datalayer-secrets{VAULT}/status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: token {jupyter.token}"
    writer.write(f"{head}\r\n\r\n".encode())
    await asyncio.wait_for(began.wait(), 30)
    writer.close()
    await asyncio.wait_for(ended.wait(), 30)
    while " 499 GET " not in jupyter.log.text:
        await asyncio.sleep(0.01)
    assert "Traceback" not in jupyter.log.text
    assert "ERROR" not in jupyter.log.text


async def test_a_fault_of_ours_is_told_without_its_text(jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch) -> None:
    await jupyter.start()

    async def fail(*_: object) -> None:
        raise KeyError("canary")

    monkeypatch.setattr(jupyter.extension.page(), "ask", fail)
    reply = await jupyter.ask("GET", f"{VAULT}/status")
    assert (reply.status, reply.code) == (500, "unexpected")
    assert "canary" not in reply.text + jupyter.log.text
    assert "KeyError in " in jupyter.log.text
