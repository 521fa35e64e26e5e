"""The route for kernels answers kernels that this server started, and nobody else."""

from __future__ import annotations

import re
import secrets

import pytest
from conftest import StartJupyter
from jupyter_server.auth import IdentityProvider
from support.contents import Contents
from support.kernels import Kernel, Notebook, notebook_with, until, write_notebook
from support.server import Jupyter
from tornado import web

VALUE = "canary-value-of-a-token"
PATHS = ("/variables", "/secrets", "/secrets/HF_TOKEN", "/secrets/NONE")
FORBIDDEN = '{"code":"forbidden"}'


@pytest.fixture
async def notebook(jupyter: Jupyter) -> Notebook:
    return await notebook_with(jupyter, VALUE)


@pytest.fixture
async def kernel(notebook: Notebook) -> Kernel:
    return await notebook.open()


async def test_without_the_capability_of_a_kernel_nothing_is_said(jupyter: Jupyter, kernel: Kernel) -> None:
    jupyters = {"Authorization": f"token {jupyter.token}"}
    right = kernel.capability
    wrong = ("", "x", secrets.token_urlsafe(32), right[:-1], f"{right}x", right.swapcase(), jupyter.token, "\u00fc")
    elsewhere = ({}, jupyters, {"Authorization": f"Bearer {right}"}, {"Cookie": f"Datalayer-Secrets-Token={right}"})
    for path in PATHS:
        for capability in wrong:
            for headers in ({}, jupyters):
                reply = await kernel.ask(path, headers, capability=capability)
                assert (reply.status, reply.text) == (403, FORBIDDEN)
        for headers in elsewhere:
            reply = await jupyter.raw("GET", f"/datalayer-secrets/kernel{path}", None, dict(headers))
            assert (reply.status, reply.text) == (403, FORBIDDEN)
        assert (await jupyter.raw("GET", f"/datalayer-secrets/kernel{path}?token={jupyter.token}")).status == 403


BROWSERS = (
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Cookie": "a=b"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Anything": "x"},
)


async def test_what_a_web_page_can_send_is_refused_even_with_a_capability(jupyter: Jupyter, kernel: Kernel) -> None:
    for path in PATHS:
        for header in BROWSERS:
            reply = await kernel.ask(path, {**header, "Authorization": f"token {jupyter.token}"})
            assert (path, header, reply.status, reply.text) == (path, header, 403, FORBIDDEN)
            assert "Access-Control-Allow-Origin" not in reply.headers


async def test_no_setting_lets_a_web_page_in(start: StartJupyter) -> None:
    jupyter = await start({"ServerApp": {"allow_origin": "*", "allow_credentials": True, "disable_check_xsrf": True}})
    await jupyter.set_up()
    kernel = await (await write_notebook(jupyter, "a.ipynb")).open()
    assert (await kernel.ask("/variables", {"Origin": "https://elsewhere.example"})).status == 403
    assert (await kernel.ask("/variables", method="OPTIONS")).status == 405


async def test_one_can_only_get(kernel: Kernel) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        for path in PATHS:
            reply = await kernel.ask(path, method=method)
            assert (method, path, reply.status) == (method, path, 405)
            assert VALUE not in reply.text


async def test_a_query_is_not_taken(kernel: Kernel) -> None:
    for path in ("/variables?x=1", "/secrets/HF_TOKEN?token=x", "/secrets?1"):
        reply = await kernel.ask(path)
        assert (path, reply.status, reply.text) == (path, 400, '{"code":"invalid"}')


async def test_there_is_nothing_else(jupyter: Jupyter, kernel: Kernel) -> None:
    signed_in = {"Authorization": f"token {jupyter.token}"}
    for path in ("", "/values", "/variables/HF_TOKEN", "/secrets/a/b", "/../ensure", "//variables"):
        assert (path, (await kernel.ask(path, signed_in)).status) == (path, 404)


async def test_a_capability_is_for_the_kernel_that_got_it(jupyter: Jupyter, kernel: Kernel) -> None:
    other = await (await write_notebook(jupyter, "other.ipynb")).open()
    assert (await other.ask("/variables")).json["variables"] == {}
    assert (await other.get("HF_TOKEN")).json["code"] == "not_granted"
    assert (await kernel.get("HF_TOKEN")).json["value"] == VALUE


async def test_it_ends_with_its_kernel_and_so_does_what_is_known_of_it(jupyter: Jupyter, kernel: Kernel) -> None:
    assert (await kernel.get("HF_TOKEN")).status == 200
    capability, path = kernel.capability, "/datalayer-secrets/kernel/variables"
    agent = jupyter.extension.kernels().agent
    await kernel.shut_down()
    reply = await jupyter.raw("GET", path, None, {"Datalayer-Secrets-Token": capability})
    assert (reply.status, reply.text) == (403, FORBIDDEN)
    assert agent._launches.all() == []
    assert VALUE in agent.received(kernel.id)["HF_TOKEN"], "messages of it may still come"

    async def is_forgotten() -> bool:
        return agent.received(kernel.id) == {}

    await until(is_forgotten)


async def test_it_ends_with_a_kernel_that_the_server_only_took_off_its_list(jupyter: Jupyter, kernel: Kernel) -> None:
    capability = kernel.capability
    assert (await kernel.ask("/variables", capability=capability)).status == 200
    manager = jupyter.app.kernel_manager.remove_kernel(kernel.id)
    try:
        reply = await jupyter.raw(
            "GET", "/datalayer-secrets/kernel/variables", None, {"Datalayer-Secrets-Token": capability}
        )
        assert (reply.status, reply.text) == (403, FORBIDDEN)
    finally:
        await manager.shutdown_kernel(now=True)


async def test_answers_are_kept_by_nobody(kernel: Kernel) -> None:
    for path in PATHS:
        headers = (await kernel.ask(path)).headers
        assert "Cache-Control: no-store" in headers
        assert "Content-Type: application/json" in headers
        assert "Set-Cookie" not in headers


class Asking(IdentityProvider):
    """Of a hub, say, which asks another server who somebody is."""

    def get_user(self, handler: web.RequestHandler) -> None:
        raise AssertionError("asked who a kernel is")


async def test_who_a_kernel_is_is_not_asked_of_jupyter(jupyter: Jupyter, kernel: Kernel) -> None:
    kept = jupyter.app.web_app.settings["identity_provider"]
    jupyter.app.web_app.settings["identity_provider"] = Asking()
    try:
        assert (await kernel.ask("/variables")).status == 200
    finally:
        jupyter.app.web_app.settings["identity_provider"] = kept


async def test_another_name_of_this_machine_is_not_served(jupyter: Jupyter, kernel: Kernel) -> None:
    reply = await kernel.ask("/variables", {"Host": "rebound.example"})
    assert (reply.status, reply.text) == (403, FORBIDDEN)


async def test_a_name_that_is_not_granted_is_refused_and_not_repeated(kernel: Kernel) -> None:
    for name in ("NONE", "%C3%BC", "%00", "..", "a%2Fb", "x" * 5000, "canary-name"):
        reply = await kernel.ask(f"/secrets/{name}")
        assert (name, reply.status, reply.json["code"]) == (name, 403, "not_granted")
        assert reply.json["message"].startswith("This notebook may not use this secret.")
        assert "canary-name" not in reply.text
    assert (await kernel.ask("/secrets/canary-name%FF")).status == 400


async def test_names_may_have_anything_in_them(jupyter: Jupyter, notebook: Notebook) -> None:
    odd = ["a/b", "sp ace", "\u00fcber", "a=b", "a%2Fb", "?x#y"]
    for name in odd:
        await jupyter.create(name, f"canary of {name}")
    await notebook.allow(*odd)
    kernel = await notebook.open()
    for name in odd:
        assert (await kernel.get(name)).json == {"name": name, "value": f"canary of {name}"}
    left_out = (await kernel.variables())["left_out"]
    assert left_out == {"a=b": "never_exported"}, "a process cannot have that one"


async def test_nothing_of_it_is_in_the_log(jupyter: Jupyter, kernel: Kernel) -> None:
    for path in PATHS:
        await kernel.ask(path)
        await kernel.ask(path, capability="canary-capability")
    await kernel.run("import os, datalayer_secrets; datalayer_secrets.get('HF_TOKEN')")
    await kernel.restart()
    await kernel.run("import os, datalayer_secrets; datalayer_secrets.get('HF_TOKEN')")
    for secret in (VALUE, kernel.capability, "canary-capability", "secrets/HF_TOKEN"):
        assert secret not in jupyter.log.text
    assert re.search("403 for a kernel", jupyter.log.text)


async def test_no_page_is_told_a_value_or_a_capability(jupyter: Jupyter, notebook: Notebook) -> None:
    events = await jupyter.subscribe()
    kernel = await notebook.open()
    await kernel.run("import os; os.environ['HF_TOKEN']")
    capability = kernel.capability
    said = [await notebook.state(kernel)]
    for path in (f"kernels/{kernel.id}", "kernels", "sessions"):
        said.append((await Contents(jupyter).ask("GET", path)).json)
    await notebook.revoke("HF_TOKEN")
    await events.until(lambda event: event.get("kind") == "revoked")
    everything = str(said) + str(events.heard)
    assert VALUE not in everything
    assert capability not in everything
    events.close()
