"""Where values come from: the service, by a token for kernels, no more often than needed, and whatever state it is in."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import StartJupyter
from support.home import Home
from support.kernels import ISOLATED, Kernel, Notebook, install_kernel, notebook_with, reads, until, write_notebook
from support.remote import Remote
from support.server import Events, Jupyter

from jupyterlab_datalayer_secrets.call import Call
from jupyterlab_datalayer_secrets.kernel import datalayer_secrets
from jupyterlab_datalayer_secrets.kernels import agent
from jupyterlab_datalayer_secrets.loopback import Loopback

VALUE = "canary-value-of-a-token"
SECRETS = "/vaults/local/api/iam/v1/secrets"


@pytest.fixture
async def notebook(jupyter: Jupyter) -> Notebook:
    """In an open vault, it may use one."""
    return await notebook_with(jupyter, VALUE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the service is asked, as it is sent."""
    requests: list[str] = []
    ask = Loopback.ask

    def noted(self: Loopback, call: Call, *more: Any) -> Any:
        requests.append(f"{call.method} {call.path}")
        return ask(self, call, *more)

    monkeypatch.setattr(Loopback, "ask", noted)
    return requests


async def missing(events: Events) -> dict[str, Any]:
    """The next of these events, less what Jupyter says of every event."""
    event = await events.until(lambda event: event.get("kind") == "missing")
    return {name: event[name] for name in ("path", "names", "reason")}


async def pull(kernel: Kernel, etag: str) -> int:
    return (await kernel.ask("/variables", {"If-None-Match": etag})).status


def etag_of(headers: str) -> str:
    return next(line.partition(": ")[2] for line in headers.splitlines() if line.lower().startswith("etag:"))


async def is_told(jupyter: Jupyter) -> None:
    """The stream of changes has said how the local vault is."""

    async def said() -> bool:
        return jupyter.extension.page().revision("local") is not None

    await until(said)


def test_the_server_answers_before_a_kernel_gives_up() -> None:
    helper = datalayer_secrets
    assert agent.FIRST < helper.START
    assert agent.PULL < helper.CELL
    assert agent.GET < helper.CALL


async def test_what_did_not_change_costs_the_service_nothing(
    jupyter: Jupyter, notebook: Notebook, asked: list[str]
) -> None:
    await is_told(jupyter)
    kernel = await notebook.open()
    first = await kernel.ask("/variables")
    etag = etag_of(first.headers)
    await kernel.get("HF_TOKEN")
    asked.clear()
    for _ in range(20):
        reply = await kernel.ask("/variables", {"If-None-Match": etag})
        assert (reply.status, reply.text) == (304, "")
        assert (await kernel.get("HF_TOKEN")).json["value"] == VALUE
        assert (await kernel.variables())["variables"] == {"HF_TOKEN": VALUE}
    assert asked == []
    assert await pull(kernel, '"other"') == 200


async def test_each_read_is_one_event_that_says_for_whom_it_was(
    jupyter: Jupyter, notebook: Notebook, home: Home
) -> None:
    kernel = await notebook.open()
    for _ in range(3):
        await kernel.variables()
        await kernel.get("HF_TOKEN")
    label = f"JupyterLab: a.ipynb, python3 {kernel.id}"
    wanted = {"label": label, "scope": "kernel", "action": "reveal", "name": "HF_TOKEN", "outcome": "ok"}
    assert [{name: event[name] for name in wanted} for event in reads(home)] == [wanted]
    await notebook.rename("\u00fcber b.ipynb")
    await kernel.restart()
    await kernel.variables()
    assert [event["label"] for event in reads(home)] == [label, f"JupyterLab: \u00fcber b.ipynb, python3 {kernel.id}"]


async def test_a_long_path_is_cut_at_its_beginning(jupyter: Jupyter, home: Home) -> None:
    await jupyter.set_up()
    await jupyter.create("HF_TOKEN", VALUE)
    notebook = await write_notebook(jupyter, f"{'x' * 230}-end.ipynb")
    await notebook.allow("HF_TOKEN")
    kernel = await notebook.open()
    assert (await kernel.variables())["variables"] == {"HF_TOKEN": VALUE}
    [event] = reads(home)
    assert len(event["label"]) == 200
    assert event["label"].startswith("JupyterLab: \u2026xxx")
    assert event["label"].endswith(f"x-end.ipynb, python3 {kernel.id}")


async def test_the_token_for_kernels_can_change_nothing(jupyter: Jupyter, notebook: Notebook) -> None:
    kernel = await notebook.open()
    await kernel.variables()
    finding = jupyter.extension.kernels().agent._reads._loopback
    assert finding is not None
    loopback = finding.result()
    body = b'{"name": "B", "value": "v"}'
    for call in (
        Call("POST", SECRETS, body),
        Call("GET", "/api/vault/v1/vaults"),
        Call("POST", "/api/vault/v1/lock", b"{}"),
        Call("GET", "/vaults/local/api/vault/v1/audit"),
        Call("POST", "/api/vault/v1/tokens", b"{}"),
    ):
        assert loopback.ask(call).status == 403


async def test_a_replaced_value_is_there_in_the_next_cell(jupyter: Jupyter, notebook: Notebook) -> None:
    kernel = await notebook.open()
    await kernel.variables()
    [row] = (await jupyter.ask("GET", SECRETS)).json["secrets"]
    new = "canary-of-the-new-value"
    replaced = await jupyter.ask("POST", f"/vaults/local/api/vault/v1/secrets/{row['uid']}/replace", {"value": new})
    assert replaced.status == 200

    async def is_announced() -> bool:
        return await notebook.states(kernel) == {"HF_TOKEN": "next_cell"}

    await until(is_announced)
    assert (await kernel.variables())["variables"] == {"HF_TOKEN": new}
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    received = jupyter.extension.kernels().agent.received(kernel.id)
    assert received["HF_TOKEN"] == {VALUE, new}, "the old one may still be in its outputs"


async def test_what_is_deleted_is_gone_and_missed_once(jupyter: Jupyter, notebook: Notebook) -> None:
    events = await jupyter.subscribe()
    kernel = await notebook.open()
    await kernel.variables()
    [row] = (await jupyter.ask("GET", SECRETS)).json["secrets"]
    await jupyter.ask("DELETE", f"{SECRETS}/{row['uid']}")

    async def is_gone() -> bool:
        return bool((await kernel.variables())["left_out"] == {"HF_TOKEN": "not_found"})

    await until(is_gone)
    assert (await kernel.variables())["variables"] == {}
    reply = await kernel.get("HF_TOKEN")
    assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert await notebook.states(kernel) == {"HF_TOKEN": "missing not_found"}
    assert await missing(events) == {"path": "a.ipynb", "names": ["HF_TOKEN"], "reason": "not_found"}
    await jupyter.create("LAST")
    await events.until(lambda event: event.get("vault") == "local")
    await kernel.variables()
    assert sum(event.get("kind") == "missing" for event in events.heard) == 1
    events.close()


async def test_a_kernel_starts_beside_a_locked_vault_and_gets_it_when_that_is_open(
    jupyter: Jupyter, notebook: Notebook
) -> None:
    await jupyter.ask("POST", "/api/vault/v1/lock", {})
    events = await jupyter.subscribe()
    kernel = await notebook.open()
    assert await missing(events) == {"path": "a.ipynb", "names": ["HF_TOKEN"], "reason": "locked"}
    assert await kernel.variables() == {"variables": {}, "left_out": {"HF_TOKEN": "locked"}, "redact": True}
    reply = await kernel.get("HF_TOKEN")
    assert (reply.status, reply.json["code"]) == (503, "locked")
    assert "Unlock it in the Secrets panel" in reply.json["message"]
    assert await notebook.states(kernel) == {"HF_TOKEN": "missing locked"}
    assert await kernel.run("1; print('alive')") == "alive\n"
    await jupyter.ask("POST", "/api/vault/v1/unlock", {"interactive": True})
    assert (await kernel.variables())["variables"] == {"HF_TOKEN": VALUE}, "in the very next cell"
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    assert sum(event.get("kind") == "missing" for event in events.heard) == 1
    events.close()


async def test_what_a_kernel_has_stays_when_the_vault_is_locked_until_it_starts_again(
    jupyter: Jupyter, notebook: Notebook
) -> None:
    kernel = await notebook.open()
    await kernel.variables()
    await jupyter.ask("POST", "/api/vault/v1/lock", {})
    for _ in range(2):
        assert await kernel.variables() == {"variables": {"HF_TOKEN": VALUE}, "left_out": {}, "redact": True}
        assert (await kernel.get("HF_TOKEN")).json["value"] == VALUE
    await notebook.revoke("HF_TOKEN")
    assert (await kernel.variables())["variables"] == {}, "revoking needs no vault"
    await notebook.allow("HF_TOKEN")
    await kernel.restart()
    assert (await kernel.variables())["left_out"] == {"HF_TOKEN": "locked"}


async def test_a_kernel_start_brings_back_a_service_that_needs_no_prompt(
    jupyter: Jupyter, notebook: Notebook, home: Home
) -> None:
    home.kill()
    kernel = await notebook.open()
    assert (await kernel.variables())["variables"] == {"HF_TOKEN": VALUE}
    assert home.run is not None


async def test_one_that_would_need_a_prompt_is_left_alone(jupyter: Jupyter, home: Home) -> None:
    await jupyter.start()
    await jupyter.ask("POST", "/api/vault/v1/setup", {"slot": "passphrase", "passphrase": "correct horse"})
    await jupyter.create("HF_TOKEN", VALUE)
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("HF_TOKEN")
    home.kill()
    events = await jupyter.subscribe()
    kernel = await notebook.open()
    assert await missing(events) == {"path": "a.ipynb", "names": ["HF_TOKEN"], "reason": "no_service"}
    assert (await kernel.variables())["left_out"] == {"HF_TOKEN": "no_service"}
    assert (await kernel.get("HF_TOKEN")).status == 503
    assert home.run is None
    events.close()


async def test_a_kernel_without_grants_starts_nothing(jupyter: Jupyter, home: Home) -> None:
    notebook = await write_notebook(jupyter, "a.ipynb")
    kernel = await notebook.open()
    assert await kernel.run("print('alive')") == "alive\n"
    assert await kernel.variables() == {"variables": {}, "left_out": {}, "redact": True}
    assert home.run is None
    assert not home.folder.exists()


async def test_a_service_that_is_killed_takes_nothing_from_kernels_and_is_found_again(
    jupyter: Jupyter, notebook: Notebook, home: Home
) -> None:
    kernel = await notebook.open()
    await kernel.variables()
    home.kill()
    for _ in range(2):
        assert await kernel.variables() == {"variables": {"HF_TOKEN": VALUE}, "left_out": {}, "redact": True}
    home.cli("unlock")
    await jupyter.create("LATER", "canary-later")
    await notebook.allow("LATER")

    async def is_there() -> bool:
        return bool((await kernel.variables())["variables"] == {"HF_TOKEN": VALUE, "LATER": "canary-later"})

    await until(is_there)


async def test_a_service_that_is_gone_is_not_looked_for_before_each_cell(
    jupyter: Jupyter, notebook: Notebook, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    await jupyter.ask("POST", "/api/vault/v1/lock", {})
    kernel = await notebook.open()
    home.kill()
    await kernel.variables()
    started: list[object] = []
    ensure = jupyter.extension.page()._service._ensure

    async def noted(**how: Any) -> Any:
        started.append(how)
        return await ensure(**how)

    monkeypatch.setattr(jupyter.extension.page()._service, "_ensure", noted)
    begin = time.monotonic()
    for _ in range(50):
        assert (await kernel.variables())["left_out"] == {"HF_TOKEN": "no_service"}
    assert len(started) <= 1 + (time.monotonic() - begin) / 3


@pytest.mark.parametrize("isolated", [False, True])
async def test_a_service_that_hangs_keeps_no_kernel_from_starting(
    jupyter: Jupyter, notebook: Notebook, home: Home, isolated: bool
) -> None:
    os.kill(home.pid, signal.SIGSTOP)
    try:
        begin = time.monotonic()
        kernel = await notebook.open(install_kernel("isolated", ISOLATED) if isolated else "python3")
        assert await kernel.run("print('alive')") == "alive\n"
        took = time.monotonic() - begin
        said = await kernel.variables()
    finally:
        os.kill(home.pid, signal.SIGCONT)
    assert took < 30
    assert said["variables"] == {}
    assert said["left_out"]["HF_TOKEN"] in ("timeout", "no_service")

    async def is_there() -> bool:
        return bool((await kernel.variables())["variables"] == {"HF_TOKEN": VALUE})

    await until(is_there)


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    """A remote vault whose token is the server's `DATALAYER_API_KEY`."""
    with Remote() as remote:
        monkeypatch.setenv("DATALAYER_IAM_URL", remote.origin)
        monkeypatch.setenv("DATALAYER_API_KEY", remote.token)
        yield remote


async def test_the_key_of_the_server_serves_kernels_and_is_not_inherited_by_them(
    start: StartJupyter, with_key: Remote, home: Home
) -> None:
    jupyter = await start({"DatalayerSecrets": {"allow_local_vault": False}})
    with_key.answer("POST", "/api/iam/v1/secrets", f"Bearer {with_key.token}", '{"name": "FAR", "value": "canary-far"}')
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("FAR", vault="datalayer")
    assert home.run is None
    kernel = await notebook.open()
    assert (await kernel.variables())["variables"] == {"FAR": "canary-far"}
    assert with_key.token not in kernel.environ.values()
    names = ("DATALAYER_API_KEY", "DATALAYER_SECRETS_HOME")
    assert await kernel.run(f"import os; print([name in os.environ for name in {names}])") == "[False, False]\n"
    assert "canary-far" not in jupyter.log.text


async def test_a_remote_vault_is_read_like_the_local_one(jupyter: Jupyter, notebook: Notebook, home: Home) -> None:
    with Remote() as remote:
        body = '{"name": "FAR", "value": "canary-far"}'
        remote.answer("POST", "/api/iam/v1/secrets", f"Bearer {remote.token}", body)
        jupyter.extension.page().policy = type(jupyter.extension.page().policy)(origin=remote.origin)
        signed_in = await jupyter.ask("POST", "/api/vault/v1/vaults", {"token": remote.token, "remember": False})
        vault = signed_in.json["vault"]["id"]
        await notebook.allow("FAR", vault=vault)
        kernel = await notebook.open()
        assert (await kernel.variables())["variables"] == {"FAR": "canary-far", "HF_TOKEN": VALUE}
        events = {event["name"]: event["label"] for event in reads(home) if event["action"] == "remote_reveal"}
        assert events == {"FAR": f"JupyterLab: a.ipynb, python3 {kernel.id}"}


async def test_a_local_vault_that_is_not_allowed_is_not_read_for_kernels(
    start: StartJupyter, home: Home, jupyter: Jupyter, notebook: Notebook
) -> None:
    jupyter.extension.page().policy = type(jupyter.extension.page().policy)(allow_local_vault=False)
    kernel = await notebook.open()
    assert (await kernel.variables())["left_out"] == {"HF_TOKEN": "not_found"}
    assert (await kernel.get("HF_TOKEN")).status == 404
    assert reads(home) == []


async def test_what_no_process_can_have_is_left_out_and_can_be_got(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    large = {f"LARGE_{number:02}": f"{number:02}" + "x" * 65_534 for number in range(40)}
    odd = {
        "NUL": "canary\0nul",
        "PATH": "/canary/bin",
        "jpy_token": "canary-jpy",
        "DATALAYER_SECRETS_TOKEN": "canary-t",
    }
    fits = {f"FITS_{number}": f"canary-{number}" + "y" * 31_000 for number in range(10)}
    for name, value in {**large, **odd, **fits, "ZZ_SMALL": "canary-small"}.items():
        await jupyter.create(name, value)
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow(*large, *odd, *fits, "ZZ_SMALL")
    kernel = await notebook.open()
    said = await kernel.variables()
    assert said["left_out"] == {
        **dict.fromkeys(large, "too_long"),
        "NUL": "nul",
        "PATH": "never_exported",
        "jpy_token": "never_exported",
        "DATALAYER_SECRETS_TOKEN": "never_exported",
        "FITS_8": "too_much",
        "FITS_9": "too_much",
    }
    kept = {name: value for name, value in fits.items() if name not in ("FITS_8", "FITS_9")}
    assert said["variables"] == {**kept, "ZZ_SMALL": "canary-small"}
    assert sum(len(name) + len(value) for name, value in said["variables"].items()) <= 262_144
    for name, value in {**odd, "LARGE_07": large["LARGE_07"], "FITS_9": fits["FITS_9"]}.items():
        assert (await kernel.get(name)).json["value"] == value
    assert await kernel.run("import os; print(len(os.environ['FITS_0']), os.environ['PATH'][:1])") == "31008 /\n"
    states = await notebook.states(kernel)
    assert states["LARGE_39"] == "left_out too_long"
    assert states["PATH"] == "left_out never_exported"
    assert states["FITS_9"] == "left_out too_much"
    assert states["ZZ_SMALL"] == "in_kernel"
    for name, value in {**large, **odd, **fits}.items():
        assert value not in jupyter.log.text, name


async def test_many_kernels_and_many_asking_at_once_read_each_value_once(
    jupyter: Jupyter, notebook: Notebook, home: Home
) -> None:
    kernel = await notebook.open()
    replies = await asyncio.gather(
        *(kernel.get("HF_TOKEN") for _ in range(30)), *(kernel.ask("/variables") for _ in range(10))
    )
    assert {reply.status for reply in replies} == {200}
    assert len(reads(home)) == 1
