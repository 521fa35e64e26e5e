"""Kernels of every kind: without our helper, with managers and provisioners of their own, elsewhere; and our own faults."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import StartJupyter
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from support.contents import Contents
from support.home import Home
from support.kernels import ISOLATED, Notebook, install_kernel, until, write_notebook
from support.server import Jupyter

from jupyterlab_datalayer_secrets.kernels.provisioning import AlreadyThere, join_starts

VALUE = "canary-value-of-a-token"
BASH = (sys.executable, "-m", "bash_kernel", "-f", "{connection_file}")
IPYKERNEL = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}")


async def granted(jupyter: Jupyter, *names: str) -> Notebook:
    """A notebook that may use these, each with the same value, in an open vault."""
    await jupyter.set_up()
    notebook = await write_notebook(jupyter, "a.ipynb")
    for name in names or ("HF_TOKEN",):
        await jupyter.create(name, VALUE)
        await notebook.allow(name)
    return notebook


@pytest.mark.parametrize("argv", [BASH, ISOLATED], ids=["bash", "isolated"])
async def test_one_without_our_helper_has_its_variables_from_its_start(jupyter: Jupyter, argv: tuple[str, ...]) -> None:
    name = install_kernel("other", argv)
    notebook = await granted(jupyter)
    kernel = await notebook.open(name)
    assert kernel.environ["HF_TOKEN"] == VALUE
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    assert (await notebook.state(kernel))["kernel"] == "start"
    assert jupyter.extension.kernels().agent.received(kernel.id)["HF_TOKEN"] == {VALUE}
    await jupyter.create("LATER", "canary-later")
    await notebook.allow("LATER")
    await notebook.revoke("HF_TOKEN")
    state = await notebook.state(kernel)
    assert [(row["name"], row["granted"], row["state"]) for row in state["secrets"]] == [
        ("HF_TOKEN", False, "restart"),
        ("LATER", True, "restart"),
    ]
    await kernel.restart()
    environ = kernel.environ
    assert environ["LATER"] == "canary-later"
    assert "HF_TOKEN" not in environ
    assert await notebook.states(kernel) == {"LATER": "in_kernel"}


async def test_bash_shows_its_name_only(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter)
    kernel = await notebook.open(install_kernel("bash", BASH))
    assert "canary" in await kernel.run('echo "$HF_TOKEN"'), "this way goes around the server's messages"
    assert VALUE not in jupyter.log.text


async def test_what_a_process_cannot_have_keeps_none_from_starting(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    values = {f"LARGE_{number:02}": "x" * 65_536 for number in range(40)}
    values |= {"NUL": "canary\0nul", "PATH": "/canary", "BASH_ENV": "/canary", "a=b": "canary-equals"}
    values |= {f"FITS_{number}": "y" * 31_000 for number in range(10)}
    notebook = await write_notebook(jupyter, "a.ipynb")
    for name, value in values.items():
        await jupyter.create(name, value)
    await notebook.allow(*values)
    kernel = await notebook.open(install_kernel("bash", BASH))
    environ = kernel.environ
    assert [name for name in values if name in environ and environ[name] == values[name]] == [
        f"FITS_{number}" for number in range(8)
    ]
    assert "/canary" not in environ.values()
    assert "alive" in await kernel.run("echo alive")
    states = await notebook.states(kernel)
    assert states["LARGE_00"] == "left_out too_long"
    assert states["NUL"] == "left_out nul"
    assert states["PATH"] == states["BASH_ENV"] == states["a=b"] == "left_out never_exported"
    assert states["FITS_9"] == "left_out too_much"


async def test_what_the_user_set_at_the_start_of_the_server_gives_way_to_what_he_granted(
    start: StartJupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "of the shell")
    jupyter = await start()
    notebook = await granted(jupyter)
    kernel = await notebook.open(install_kernel("bash", BASH))
    assert kernel.environ["HF_TOKEN"] == VALUE
    await notebook.revoke("HF_TOKEN")
    await kernel.restart()
    assert kernel.environ["HF_TOKEN"] == "of the shell"


async def test_the_servers_key_and_how_its_service_is_set_up_are_not_inherited(
    start: StartJupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATALAYER_API_KEY", "canary-key")
    monkeypatch.setenv("DATALAYER_SECRETS_ANYTHING", "canary-anything")
    jupyter = await start()
    wanted = {"DATALAYER_API_KEY": "of the specification", "PYTHONPATH": "/of/the/specification"}
    for kernel_name in ("python3", install_kernel("bash", BASH), install_kernel("own", IPYKERNEL, env=wanted)):
        kernel = await (await write_notebook(jupyter, f"{kernel_name}.ipynb")).open(kernel_name)
        ours = sorted(name for name in kernel.environ if name.startswith("DATALAYER_SECRETS_"))
        assert ours == ["DATALAYER_SECRETS_TOKEN", "DATALAYER_SECRETS_URL"]
        assert kernel.environ.get("DATALAYER_API_KEY") == (
            wanted["DATALAYER_API_KEY"] if kernel_name == "own" else None
        )
        first, *rest = kernel.environ["PYTHONPATH"].split(os.pathsep)
        assert Path(first).name == "kernel"
        assert kernel_name != "own" or rest == ["/of/the/specification"]


class Manager(ServerKernelManager):
    """Somebody's own."""


class Managers(AsyncMappingKernelManager):
    """Somebody's own."""

    kernel_manager_class = f"{Manager.__module__}.{Manager.__qualname__}"


async def test_managers_of_somebodys_own_make_no_difference(start: StartJupyter) -> None:
    jupyter = await start({"ServerApp": {"kernel_manager_class": Managers}})
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    assert type(kernel.manager) is Manager
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"


async def test_kernels_that_are_given_out_before_they_run_make_no_difference(start: StartJupyter) -> None:
    jupyter = await start({"AsyncMappingKernelManager": {"use_pending_kernels": True}})
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    await kernel.manager.ready
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"


class Local(LocalProvisioner):
    """Somebody's own, for this machine."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        said = await super().pre_launch(**kwargs)
        return {**said, "env": {**said["env"], "OF_THE_PROVISIONER": "1", "PYTHONPATH": "/of/the/provisioner"}}


class Elsewhere(KernelProvisionerBase):
    """
    Somebody's own, for other machines: what it starts is a process of this one, but nobody can know that.
    """

    last_env: dict[str, str]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._local = Local(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self.parent)

    @property
    def has_process(self) -> bool:
        return self._local.has_process

    @property
    def pid(self) -> int:
        return int(self._local.pid or 0)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        said = await self._local.pre_launch(**kwargs)
        self.connection_info = self._local.connection_info
        return said

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        return await self._local.launch_kernel(cmd, **kwargs)

    async def poll(self) -> Any:
        return await self._local.poll()

    async def wait(self) -> Any:
        return await self._local.wait()

    async def send_signal(self, signum: int) -> None:
        await self._local.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        await self._local.kill(restart)

    async def terminate(self, restart: bool = False) -> None:
        await self._local.terminate(restart)

    async def cleanup(self, restart: bool = False) -> None:
        await self._local.cleanup(restart)


@pytest.fixture
def provisioners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those two, by the names `local` and `elsewhere`."""

    class Entry:
        def __init__(self, loaded: type) -> None:
            self.name = loaded.__name__.lower()
            self.value = loaded.__qualname__
            self.load = lambda: loaded

    found = KernelProvisionerFactory._get_all_provisioners
    more = [Entry(Local), Entry(Elsewhere)]
    monkeypatch.setattr(KernelProvisionerFactory, "_get_all_provisioners", staticmethod(lambda: [*found(), *more]))
    KernelProvisionerFactory.clear_instance()


async def test_a_provisioner_of_somebodys_own_keeps_what_it_adds(provisioners: None, jupyter: Jupyter) -> None:
    metadata = {"kernel_provisioner": {"provisioner_name": "local"}}
    name = install_kernel("own", IPYKERNEL, metadata=metadata)
    notebook = await granted(jupyter)
    kernel = await notebook.open(name)
    environ = kernel.environ
    assert environ["OF_THE_PROVISIONER"] == "1"
    assert environ["PYTHONPATH"].split(os.pathsep)[1:] == ["/of/the/provisioner"]
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"


async def test_what_may_run_on_another_machine_gets_nothing(
    provisioners: None, start: StartJupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATALAYER_API_KEY", "canary-key")
    jupyter = await start()
    metadata = {"kernel_provisioner": {"provisioner_name": "elsewhere"}}
    name = install_kernel("far", IPYKERNEL, metadata=metadata)
    notebook = await granted(jupyter)
    kernel = await notebook.open(name)
    environ = kernel.environ
    assert [entry for entry in environ if entry.startswith("DATALAYER_")] == ["DATALAYER_IAM_URL"]
    assert VALUE not in environ.values()
    assert environ["PYTHONPATH"] == "/of/the/provisioner"
    state = await notebook.state(kernel)
    assert (state["possible"], state["why"]) == (False, "remote")
    await kernel.shut_down()
    assert (await notebook.state(kernel))["possible"] is True


@pytest.fixture
def no_gateway_is_left() -> Iterator[None]:
    """There is one for the process."""
    GatewayClient.clear_instance()
    yield
    GatewayClient.clear_instance()


async def test_a_server_whose_kernels_are_a_gateways_says_so(start: StartJupyter, no_gateway_is_left: None) -> None:
    jupyter = await start({"GatewayClient": {"url": "http://127.0.0.1:9"}})
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("HF_TOKEN")
    state = await notebook.state(None)
    assert (state["possible"], state["why"], state["kernel"]) == (False, "gateway", "none")


async def test_a_kernel_that_was_there_first_is_known_as_such(jupyter: Jupyter) -> None:
    undo = jupyter.extension._leave_starts
    assert undo is not None
    undo()
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    assert "DATALAYER_SECRETS_URL" not in kernel.environ
    assert (await notebook.state(kernel))["kernel"] == "before"
    assert await notebook.states(kernel) == {"HF_TOKEN": "before"}
    assert await notebook.states(None) == {"HF_TOKEN": "no_kernel"}


async def test_whatever_fails_with_us_keeps_no_kernel_from_starting(
    jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = await granted(jupyter)
    agent = jupyter.extension.kernels().agent

    def fails(*_: object, **__: object) -> Any:
        raise RuntimeError("canary in an unexpected error")

    for owner, name in (
        (agent, "environment"),
        (agent._launches, "begin"),
        (agent, "_open"),
        (agent, "_seat"),
        (agent._supply, "look_up"),
        (jupyter.extension.kernels(), "prepare"),
        (jupyter.extension, "kernels"),
    ):
        with monkeypatch.context() as context:
            context.setattr(owner, name, fails)
            kernel = await notebook.open(install_kernel(f"bash-{name}", BASH))
            assert "alive" in await kernel.run("echo alive"), name
            await Contents(jupyter).ask("DELETE", f"sessions/{notebook.session['id']}")
    assert "RuntimeError" in jupyter.log.text
    assert "canary in an unexpected error" not in jupyter.log.text


async def test_a_kernel_that_cannot_be_started_leaves_nothing_behind(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter)
    name = install_kernel("none", ["/no/such/program", "{connection_file}"])
    with pytest.raises(AssertionError):
        await notebook.open(name)
    assert jupyter.extension.kernels().agent._launches.all() == []
    assert VALUE not in jupyter.log.text


async def test_starts_are_joined_once_and_left_as_they_were(start: StartJupyter, home: Home) -> None:
    jupyter = await start()
    factory = KernelProvisionerFactory.instance(parent=jupyter.app.kernel_manager)
    joined = factory.create_provisioner_instance
    with pytest.raises(AlreadyThere):
        join_starts(jupyter.app, lambda: None)
    assert factory.create_provisioner_instance is joined
    await jupyter.extension.stop_extension()
    assert factory.create_provisioner_instance is not joined
    assert factory.create_provisioner_instance.__module__ == "jupyter_client.provisioning.factory"
    kernel = await (await write_notebook(jupyter, "a.ipynb")).open()
    assert "DATALAYER_SECRETS_URL" not in kernel.environ


async def test_kernels_of_before_live_on_when_we_end(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"
    agent = jupyter.extension.kernels().agent
    await jupyter.extension.stop_extension()
    assert agent.received(kernel.id)["HF_TOKEN"] == {VALUE}, "what it prints is cleaned to its end"
    assert await kernel.run("print('alive')") == "alive\n"
    await kernel.restart()
    assert "DATALAYER_SECRETS_URL" not in kernel.environ
    assert await kernel.run("print('alive')") == "alive\n"


async def test_another_server_in_this_process_is_none_of_ours(jupyter: Jupyter) -> None:
    factory = KernelProvisionerFactory.instance(parent=jupyter.app.kernel_manager)
    spec = jupyter.app.kernel_spec_manager.get_kernel_spec("python3")
    manager = ServerKernelManager(kernel_name="python3")
    provisioner = factory.create_provisioner_instance("id", spec, manager)
    assert getattr(provisioner.pre_launch, "__self__", None) is provisioner, "not wrapped"


@pytest.mark.parametrize("on", [True, False])
async def test_the_switch_of_a_notebook_is_told_to_its_kernels(jupyter: Jupyter, on: bool) -> None:
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    bash = await (await write_notebook(jupyter, "b.ipynb")).open(install_kernel("bash", BASH))
    agent = jupyter.extension.kernels().agent
    for path in ("a.ipynb", "b.ipynb"):
        await jupyter.ask("PUT", "/notebooks/redaction", {"path": path, "on": on})

    async def is_told() -> bool:
        return agent.redacts(kernel.id) is agent.redacts(bash.id) is on

    await until(is_told)
    assert (await kernel.variables())["redact"] is on


async def test_the_helper_says_that_it_cleans(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    agent = jupyter.extension.kernels().agent
    await kernel.run("1")
    assert agent.cleans_itself(kernel.id) is True
    await kernel.variables()
    assert agent.cleans_itself(kernel.id) is False
    bash = await (await write_notebook(jupyter, "b.ipynb")).open(install_kernel("bash", BASH))
    assert agent.cleans_itself(bash.id) is False
    assert agent.cleans_itself("none") is False
    assert agent.received("none") == {}
    assert agent.redacts("none") is True


async def test_pages_hear_when_what_a_kernel_has_changed(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter)
    kernel = await notebook.open()
    await kernel.run("1")
    events = await jupyter.subscribe()
    await jupyter.create("LATER", "canary-later")
    notebook_id = await notebook.allow("LATER")
    await events.until(lambda event: event.get("kind") == "granted")
    await kernel.run("1")
    told = await events.until(lambda event: event.get("kind") == "state")
    assert told["notebook"] == notebook_id
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel", "LATER": "in_kernel"}
    heard = len(events.heard)
    await kernel.run("1")
    await notebook.revoke("LATER")
    await events.until(lambda event: event.get("kind") == "revoked")
    assert [event["kind"] for event in events.heard[heard:]] == ["revoked"], "an unchanged cell is no news"
    events.close()
