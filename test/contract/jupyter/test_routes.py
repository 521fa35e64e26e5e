"""What each route does, and the fields of its answer: these and no others."""

from __future__ import annotations

import json

from conftest import StartJupyter
from support.home import Home
from support.remote import Remote
from support.server import Jupyter, Reply

STATUS = {"version", "protocol", "host", "pid", "state", "slots", "openedBy", "keychain", "quietUnlock"}
VAULT = {"id", "kind", "label", "origin", "state", "account", "tokenPlace", "failure", "revision"}
SECRET = {"uid", "name_s", "description_t", "variant_s", "creation_ts_dt", "last_update_ts_dt"}


def content(reply: Reply, status: int, *names: str) -> dict[str, object]:
    """The answer's own fields, of which there are exactly these."""
    said = reply.json
    assert (reply.status, said.pop("success")) == (status, True), reply.text
    assert isinstance(said.pop("message"), str)
    assert set(said) == set(names)
    assert "value" not in json.dumps(said).lower().replace("a value", "")
    assert "no-store" in reply.headers
    return dict(said)


def fields(said: object) -> set[str]:
    assert isinstance(said, dict)
    return set(said)


async def test_looking_starts_no_service(jupyter: Jupyter, home: Home) -> None:
    said = content(await jupyter.ask("POST", "/ensure", {"start": False, "quiet": True}), 200, "service", "policy")
    assert said == {
        "service": {"state": "none", "used": False, "quiet": False},
        "policy": {"localVault": True, "apiKey": False},
    }
    assert home.run is None


async def test_a_click_starts_it_and_neither_token_nor_address_are_told(jupyter: Jupyter, home: Home) -> None:
    reply = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    said = content(reply, 200, "service", "policy")
    assert said["service"] == {"state": "new", "version": home.run["version"]}  # type: ignore[index]
    again = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": False})
    assert again.text == reply.text
    assert "127.0.0.1" not in reply.text


async def test_the_vault_is_set_up_locked_and_unlocked(jupyter: Jupyter) -> None:
    await jupyter.start()
    for method, path, body, state in [
        ("GET", "/status", None, "new"),
        ("POST", "/setup", {"slot": "passphrase", "passphrase": "correct horse battery"}, "open"),
        ("POST", "/lock", {}, "locked"),
        ("POST", "/unlock", {"slot": "passphrase", "passphrase": "correct horse battery", "interactive": True}, "open"),
        ("PUT", "/slots/passphrase", {"passphrase": "another one entirely"}, "open"),
    ]:
        said = content(await jupyter.ask(method, f"/api/vault/v1{path}", body), 200, "status")
        assert fields(said["status"]) == STATUS
        assert said["status"]["state"] == state  # type: ignore[index]
    look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": False})
    assert look.json["service"]["state"] == "open"


async def test_a_secret_is_created_listed_changed_replaced_and_deleted(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    base = "/vaults/local/api/iam/v1/secrets"
    body = {"name": "API_KEY", "description": "of the shop", "variant": "key", "value": "a value", "encoding": "plain"}
    made = content(await jupyter.ask("POST", base, body), 201, "secret")["secret"]
    assert fields(made) == SECRET
    uid = made["uid"]  # type: ignore[index]

    listed = content(await jupyter.ask("GET", base), 200, "secrets")
    assert listed["secrets"] == [made]

    changed = await jupyter.ask("PUT", f"{base}/{uid}", {"description": "of the other shop"})
    assert content(changed, 200, "secret")["secret"]["description_t"] == "of the other shop"  # type: ignore[index]

    body = {"value": "YSB2YWx1ZSBpbiBiYXNlNjQ=", "encoding": "base64"}
    replaced = await jupyter.ask("POST", f"/vaults/local/api/vault/v1/secrets/{uid}/replace", body)
    secret = content(replaced, 200, "secret")["secret"]
    assert fields(secret) == SECRET
    assert secret["name_s"] == "API_KEY"  # type: ignore[index]

    gone = await jupyter.ask("DELETE", f"{base}/{secret['uid']}")  # type: ignore[index]
    assert content(gone, 200) == {}
    assert content(await jupyter.ask("GET", base), 200, "secrets") == {"secrets": []}


async def test_the_list_may_be_asked_for_past_a_cache(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    reply = await jupyter.ask("GET", "/vaults/local/api/iam/v1/secrets?1764000000000")
    assert reply.status == 200


async def test_ten_thousand_secrets_are_listed_whole(start: StartJupyter) -> None:
    remote = Remote()
    remote.items = [
        {"uid": f"uid-{n}", "name_s": f"NAME_{n}", "description_t": "x" * 200, "variant_s": "token"}
        for n in range(10_000)
    ]
    with remote:
        jupyter = await start({"DatalayerSecrets": {"origin": remote.origin}})
        await jupyter.start()
        vault = (await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": remote.token})).json["vault"]["id"]
        listed = content(await jupyter.ask("GET", f"/vaults/{vault}/api/iam/v1/secrets"), 200, "secrets")
    assert len(listed["secrets"]) == 10_000  # type: ignore[arg-type]


async def test_one_signs_in_and_out_and_each_vault_has_these_fields(start: StartJupyter) -> None:
    with Remote() as remote:
        jupyter = await start({"DatalayerSecrets": {"origin": remote.origin}})
        await jupyter.start()
        path = "/api/vault/v1/vaults"

        checked = content(
            await jupyter.ask("POST", path, {"token": remote.token, "check": True}), 200, "vault", "account"
        )
        assert checked == {"vault": None, "account": {"uid": "uid-ada", "handle": "ada", "email": "ada@example.com"}}

        made = content(await jupyter.ask("POST", path, {"token": remote.token}), 201, "vault", "account")
        assert fields(made["vault"]) == VAULT
        vault = made["vault"]["id"]  # type: ignore[index]

        listed = content(await jupyter.ask("GET", path), 200, "vaults", "offers")
        assert [set(each) for each in listed["vaults"]] == [VAULT, VAULT]  # type: ignore[attr-defined]
        assert [each["id"] for each in listed["vaults"]] == ["local", vault]  # type: ignore[attr-defined]

        assert content(await jupyter.ask("DELETE", f"{path}/{vault}"), 200) == {}
        listed = content(await jupyter.ask("GET", path), 200, "vaults", "offers")
        assert [each["id"] for each in listed["vaults"]] == ["local"]  # type: ignore[attr-defined]


async def test_nothing_that_the_page_sends_beside_the_body_goes_on(start: StartJupyter) -> None:
    with Remote() as remote:
        jupyter = await start({"DatalayerSecrets": {"origin": remote.origin}})
        await jupyter.start()
        foreign = {"X-Canary": "canary-header", "Cookie": "canary=cookie", "X-Value-Encoding": "base64"}
        reply = await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": remote.token}, foreign)
        vault = reply.json["vault"]["id"]
        body = {"name": "PLAIN", "value": "cGxhaW4="}
        assert (await jupyter.ask("POST", f"/vaults/{vault}/api/iam/v1/secrets", body, foreign)).status == 201
        assert remote.requests
        assert "canary" not in remote.seen
        assert jupyter.token not in remote.seen
    assert remote.values["PLAIN"] == "cGxhaW4="
