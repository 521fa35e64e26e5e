"""A remote that sends values where none belong: no byte of them goes on, and it gets nothing that is Jupyter's."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest
from conftest import StartJupyter
from support.remote import Answer, Remote
from support.server import Events, Jupyter

CANARY = "canary-4f1c9a-value"
FORMS = (CANARY, base64.b64encode(CANARY.encode()).decode(), CANARY.encode().hex(), CANARY.replace("-", "%2D"))
LIST = ("GET", "/api/iam/v1/secrets")
WHOAMI = ("GET", "/api/iam/v1/whoami")

ITEM = {
    "uid": "uid-A",
    "name_s": "A",
    "variant_s": "token",
    "value": CANARY,
    "value_s": CANARY,
    "secretValue": CANARY,
    "plaintext": CANARY,
    "data": {"secret": CANARY, "value": [CANARY]},
    "kwargs": {"value": CANARY, "note": CANARY},
    "creation_ts_dt": CANARY,
    "last_update_ts_dt": f"2026-01-01T00:00:00Z {CANARY}",
}


class Signed:
    """A server that is signed in to a remote, and all that it ever said."""

    def __init__(self, jupyter: Jupyter, remote: Remote, vault: str, events: Events) -> None:
        self.jupyter = jupyter
        self.remote = remote
        self.vault = vault
        self.events = events

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, str | None]:
        reply = await self.jupyter.ask(method, f"/vaults/{self.vault}/api/iam/v1/secrets{path}", body)
        return reply.status, reply.json.get("code")

    async def search(self) -> str:
        """Every response with its headers, every event, and the log."""
        await self.jupyter.ask("GET", "/api/vault/v1/vaults")
        said = [f"{reply.headers}\n{reply.text}" for reply in self.jupyter.replies]
        return "\n".join([*said, json.dumps(self.events.heard), self.jupyter.log.text])


@pytest.fixture
async def signed(start: StartJupyter) -> AsyncIterator[Signed]:
    with Remote() as remote:
        jupyter = await start({"DatalayerSecrets": {"origin": remote.origin}})
        events = await jupyter.subscribe()
        await jupyter.start()
        reply = await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": remote.token})
        vault = str(reply.json["vault"]["id"])
        await events.until(lambda event: event.get("vault") == vault)
        yield Signed(jupyter, remote, vault, events)
        events.close()


async def test_values_in_a_list_and_in_what_was_made_are_dropped(signed: Signed) -> None:
    items = {"success": True, "message": CANARY, "secrets": [ITEM], "value": CANARY, "values": [CANARY]}
    signed.remote.instead[LIST] = Answer(200, json.dumps(items))
    made = {"success": True, "message": CANARY, "secret": ITEM, "value_s": CANARY}
    signed.remote.instead[("POST", "/api/iam/v1/secrets")] = Answer(201, json.dumps(made))
    signed.remote.instead[("PUT", "/api/iam/v1/secrets/uid-A")] = Answer(200, json.dumps(made))
    assert await signed.ask("GET", "") == (200, None)
    assert json.loads(signed.jupyter.replies[-1].text)["secrets"] == [
        {"uid": "uid-A", "name_s": "A", "description_t": "", "variant_s": "token"}
    ]
    assert await signed.ask("POST", "", {"name": "A", "value": CANARY}) == (201, None)
    assert await signed.ask("PUT", "/uid-A", {"description": "other"}) == (200, None)
    reply = await signed.jupyter.ask(
        "POST", f"/vaults/{signed.vault}/api/vault/v1/secrets/uid-A/replace", {"value": CANARY}
    )
    assert reply.status == 200
    said = await signed.search()
    assert not [form for form in FORMS if form in said]


HTML = (("content-type", "text/html"),)
JSON = (("content-type", "application/json"),)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(302, "", (("location", f"http://127.0.0.1:1/{CANARY}"),)), "redirect"),
        (Answer(307, CANARY, (("location", f"/{CANARY}"),)), "redirect"),
        (Answer(400, json.dumps({"success": False, "message": CANARY, "detail": [{"msg": CANARY}]}), JSON), "invalid"),
        (Answer(403, json.dumps({"code": CANARY, "details": {"name": CANARY, "host": CANARY}}), JSON), "forbidden"),
        (Answer(500, json.dumps({"message": CANARY, "errors": [CANARY], "exception": CANARY}), JSON), "server"),
        (Answer(200, json.dumps({"success": False, "message": CANARY, "code": CANARY}), JSON), "server"),
        (Answer(200, f"<title>{CANARY}</title>", HTML), "protocol"),
        (Answer(200, f'{{"{CANARY}', JSON), "protocol"),
        (Answer(418, CANARY, (("x-reason", CANARY), ("retry-after", CANARY))), "protocol"),
    ],
)
async def test_of_a_failure_nothing_is_told_but_its_kind(signed: Signed, answer: Answer, code: str) -> None:
    signed.remote.instead |= {LIST: answer, ("POST", LIST[1]): answer, ("DELETE", "/api/iam/v1/secrets/uid-A"): answer}
    assert (await signed.ask("GET", ""))[1] == code
    assert (await signed.ask("POST", "", {"name": "A", "value": CANARY}))[1] == code
    assert (await signed.ask("DELETE", "/uid-A"))[1] == code
    said = await signed.search()
    assert not [form for form in FORMS if form in said]


async def test_an_account_that_makes_no_sense_signs_nobody_in(signed: Signed) -> None:
    for profile in ({"uid": [CANARY]}, {"handle_s": CANARY}, CANARY):
        signed.remote.instead[WHOAMI] = Answer(200, json.dumps({"success": True, "profile": profile}))
        reply = await signed.jupyter.ask("POST", "/api/vault/v1/vaults", {"token": signed.remote.token, "check": True})
        assert reply.code == "protocol"
    said = await signed.search()
    assert not [form for form in FORMS if form in said]


async def test_the_remote_never_gets_what_is_jupyter_s(signed: Signed) -> None:
    jupyter = signed.jupyter
    cookie = "username-canary=canary-cookie; _xsrf=canary-xsrf"
    headers = {"Cookie": cookie, "X-XSRFToken": "canary-xsrf", "Referer": f"{jupyter.origin}/lab?token={jupyter.token}"}
    path = f"/vaults/{signed.vault}/api/iam/v1/secrets"
    assert (await jupyter.ask("GET", path, headers=headers)).status == 200
    assert (await jupyter.ask("POST", path, {"name": "B", "value": "b"}, headers)).status == 201
    assert len(signed.remote.requests) >= 3
    assert jupyter.token not in signed.remote.seen
    assert "canary" not in signed.remote.seen
    assert "cookie" not in signed.remote.seen.lower()
    assert signed.remote.token in signed.remote.seen


async def test_what_a_page_sends_is_in_no_response_event_or_log(signed: Signed) -> None:
    jupyter = signed.jupyter
    secret = "canary-passphrase-77"
    await jupyter.ask("POST", "/api/vault/v1/setup", {"slot": "passphrase", "passphrase": secret})
    await jupyter.create("LOCAL", CANARY)
    await jupyter.create("FAR", CANARY, signed.vault)
    await jupyter.ask("POST", "/api/vault/v1/unlock", {"passphrase": f"{secret}-wrong", "interactive": True})
    await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": "canary-token"})
    said = await signed.search()
    for form in (*FORMS, secret, "canary-token", signed.remote.token):
        assert form not in said
    loopback = jupyter.extension.page()._service._loopback
    assert loopback is not None
    assert loopback._token not in said
