"""Settings of the server: what it allows, where sign-ins go, the key of its own."""

from __future__ import annotations

import asyncio
import json

import pytest
from conftest import StartJupyter
from support.home import Home
from support.remote import Answer, Remote, token_of
from support.server import Jupyter
from traitlets import TraitError

from jupyterlab_datalayer_secrets.extension import usable_origin

VAULTS = "/api/vault/v1/vaults"
SECRETS = "/vaults/local/api/iam/v1/secrets"


async def test_a_local_vault_that_is_not_allowed_is_in_no_way_used(start: StartJupyter, home: Home) -> None:
    jupyter = await start({"DatalayerSecrets": {"allow_local_vault": False}})
    look = await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})
    assert look.json["policy"] == {"localVault": False, "apiKey": False}
    assert home.cli("setup", "--key-file", str(home.folder / "key"))["state"] == "open"
    for method, path, body in [
        ("POST", "/api/vault/v1/setup", {"slot": "file"}),
        ("POST", "/api/vault/v1/unlock", {"interactive": True}),
        ("POST", "/api/vault/v1/lock", {}),
        ("PUT", "/api/vault/v1/slots/passphrase", {"passphrase": "correct horse battery"}),
        ("GET", SECRETS, None),
        ("POST", SECRETS, {"name": "A", "value": "v"}),
        ("PUT", f"{SECRETS}/UID", {"name": "B"}),
        ("DELETE", f"{SECRETS}/UID", None),
        ("POST", "/vaults/local/api/vault/v1/secrets/UID/replace", {"value": "v"}),
    ]:
        reply = await jupyter.ask(method, path, body)
        assert (method, path, reply.status, reply.code) == (method, path, 403, "forbidden")
    listed = await jupyter.ask("GET", VAULTS)
    assert listed.json["vaults"] == []
    assert home.cli("status")["state"] == "open", "it was not locked"


async def test_one_that_is_not_allowed_is_not_opened_quietly_either(start: StartJupyter, home: Home) -> None:
    home.cli("setup", "--key-file", str(home.folder / "key"))
    home.kill()
    jupyter = await start({"DatalayerSecrets": {"allow_local_vault": False}})
    look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": True})
    assert look.json["service"]["state"] == "none"
    assert home.run is None


async def test_sign_ins_go_where_the_setting_says(start: StartJupyter) -> None:
    with Remote() as remote, Remote() as default:
        jupyter = await start({"DatalayerSecrets": {"origin": f"{remote.origin}/api/iam/v1/"}})
        await jupyter.start()
        reply = await jupyter.ask("POST", VAULTS, {"token": remote.token})
        assert reply.json["vault"]["origin"] == remote.origin
        assert default.requests == []
        refused = await jupyter.ask("POST", VAULTS, {"token": remote.token, "origin": default.origin})
        assert refused.code == "invalid"
        assert default.requests == []


async def test_without_a_setting_they_go_to_the_default(start: StartJupyter, monkeypatch: pytest.MonkeyPatch) -> None:
    with Remote() as remote:
        monkeypatch.setenv("DATALAYER_IAM_URL", remote.origin)
        jupyter = await start()
        await jupyter.start()
        reply = await jupyter.ask("POST", VAULTS, {"token": remote.token})
        assert (reply.json["vault"]["id"], reply.json["vault"]["origin"]) == ("datalayer", remote.origin)
        wrong = await jupyter.ask("POST", VAULTS, {"token": token_of("somebody else")})
        assert (wrong.status, wrong.code) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "origin",
    [
        "far.example",
        "http://far.example",
        "https://user:password@far.example",
        "https://far.example/?token=canary",
        "https://far.example/#canary",
        "javascript:alert(1)",
        "https://",
    ],
)
async def test_with_an_address_that_cannot_be_there_are_no_routes(start: StartJupyter, origin: str) -> None:
    with pytest.raises(TraitError, match=r"^DatalayerSecrets\.origin must be an address like https://host"):
        usable_origin(origin)
    jupyter = await start(
        {"DatalayerSecrets": {"origin": origin}, "ServerApp": {"reraise_server_extension_failures": False}}
    )
    assert (await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})).status == 404


async def test_a_setting_that_cannot_be_read_does_not_become_its_default(start: StartJupyter, home: Home) -> None:
    jupyter = await start(
        {
            "DatalayerSecrets": {"allow_local_vault": "never"},
            "ServerApp": {"reraise_server_extension_failures": False},
        }
    )
    assert (await jupyter.ask("POST", "/ensure", {"start": True, "quiet": False})).status == 404
    assert home.run is None


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A remote at the default address whose token is the server's `DATALAYER_API_KEY`."""
    remote = Remote()
    monkeypatch.setenv("DATALAYER_IAM_URL", remote.origin)
    monkeypatch.setenv("DATALAYER_API_KEY", remote.token)
    return remote


async def test_the_key_of_the_server_signs_in_and_is_stored_nowhere(
    start: StartJupyter, home: Home, with_key: Remote
) -> None:
    with with_key as remote:
        jupyter = await start()
        look = await jupyter.ask("POST", "/ensure", {"start": False, "quiet": True})
        assert look.json["policy"]["apiKey"] is True
        assert look.json["service"]["state"] == "new", "no prompt is to be expected, so it was started"
        listed = await jupyter.ask("GET", VAULTS)
        assert [(vault["id"], vault["state"], vault["tokenPlace"]) for vault in listed.json["vaults"]] == [
            ("local", "new", None),
            ("datalayer", "ready", "environment"),
        ]
        assert await jupyter.create("FAR", "a value", "datalayer")
        for _ in range(3):
            await jupyter.ask("GET", VAULTS)
        assert sum(path.startswith("/api/iam/v1/whoami") for _, path, _, _ in remote.requests) == 1
        everything = "".join(reply.text + reply.headers for reply in jupyter.replies) + jupyter.log.text
        assert remote.token not in everything
        for file in home.folder.rglob("*"):
            assert not file.is_file() or remote.token.encode() not in file.read_bytes()


async def test_the_key_is_not_in_the_environment_of_the_service(
    start: StartJupyter, home: Home, with_key: Remote
) -> None:
    with with_key as remote:
        jupyter = await start()
        await jupyter.start()
        with open(f"/proc/{home.pid}/environ", "rb") as environment:
            said = environment.read()
        assert b"DATALAYER_SECRETS_HOME" in said
        assert remote.token.encode() not in said
        assert jupyter.token.encode() not in said


async def test_the_key_signs_in_again_after_the_service_ended(
    start: StartJupyter, home: Home, with_key: Remote
) -> None:
    with with_key:
        jupyter = await start()
        for _ in range(2):
            await jupyter.start()
            listed = await jupyter.ask("GET", VAULTS)
            assert [vault["state"] for vault in listed.json["vaults"]] == ["new", "ready"]
            home.kill()


async def test_who_signs_out_is_not_signed_in_again_by_the_key_unless_he_asks(
    start: StartJupyter, with_key: Remote
) -> None:
    with with_key:
        jupyter = await start()
        await jupyter.start()
        await jupyter.ask("GET", VAULTS)
        assert (await jupyter.ask("DELETE", f"{VAULTS}/datalayer")).status == 200
        listed = await jupyter.ask("GET", VAULTS)
        assert [vault["id"] for vault in listed.json["vaults"]] == ["local"]
        again = await jupyter.ask("POST", VAULTS, {"source": "environment"})
        assert (again.status, again.json["vault"]["tokenPlace"]) == (201, "environment")


async def test_another_sign_in_there_is_left_alone(start: StartJupyter, with_key: Remote, home: Home) -> None:
    with with_key as remote:
        jupyter = await start()
        await jupyter.start()
        await jupyter.ask("POST", VAULTS, {"token": remote.token, "remember": False})
        listed = await jupyter.ask("GET", VAULTS)
        assert [vault["tokenPlace"] for vault in listed.json["vaults"]] == [None, "nowhere"]


async def test_a_key_that_is_refused_hides_nothing_and_is_not_tried_again(
    start: StartJupyter, with_key: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATALAYER_API_KEY", token_of("somebody else"))
    with with_key as remote:
        jupyter = await start()
        await jupyter.start()
        for _ in range(3):
            listed = await jupyter.ask("GET", VAULTS)
            assert [vault["id"] for vault in listed.json["vaults"]] == ["local"]
        assert len(remote.requests) == 1
        asked = await jupyter.ask("POST", VAULTS, {"source": "environment"})
        assert asked.code == "unauthenticated"


async def test_a_slow_sign_in_holds_up_no_list_and_is_told_when_it_is_there(
    start: StartJupyter, with_key: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyterlab_datalayer_secrets.page.SIGN_IN_WAIT", 0.05)
    go = asyncio.Event()
    loop = asyncio.get_running_loop()
    answer = with_key.answer

    def slowly(method: str, path: str, authorization: str, sent: str) -> Answer:
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result(30)
        return answer(method, path, authorization, sent)

    monkeypatch.setattr(with_key, "answer", slowly)
    with with_key:
        jupyter = await start()
        events = await jupyter.subscribe()
        await jupyter.start()
        listed = await jupyter.ask("GET", VAULTS)
        assert [vault["id"] for vault in listed.json["vaults"]] == ["local"]
        go.set()
        await events.until(lambda event: event.get("vault") == "datalayer")
        listed = await jupyter.ask("GET", VAULTS)
        assert [vault["id"] for vault in listed.json["vaults"]] == ["local", "datalayer"]
        events.close()


async def test_key_and_address_of_the_server_belong_together(
    start: StartJupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Remote() as remote, Remote() as default:
        monkeypatch.setenv("DATALAYER_IAM_URL", default.origin)
        monkeypatch.setenv("DATALAYER_API_KEY", remote.token)
        jupyter = await start({"DatalayerSecrets": {"origin": remote.origin, "allow_local_vault": False}})
        await jupyter.start()
        listed = await jupyter.ask("GET", VAULTS)
        assert [(vault["origin"], vault["state"]) for vault in listed.json["vaults"]] == [(remote.origin, "ready")]
        assert default.requests == []


async def test_no_page_reads_a_setting(start: StartJupyter) -> None:
    jupyter: Jupyter = await start({"DatalayerSecrets": {"origin": "https://canary-origin.example"}})
    await jupyter.start()
    for path in ("/api/vault/v1/status", VAULTS):
        await jupyter.ask("GET", path)
    assert "canary-origin" not in json.dumps([reply.text for reply in jupyter.replies])
