"""Every way in which a kernel is started: it can ask, and for nothing but what its notebook may use now."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from conftest import StartJupyter
from support.contents import Contents
from support.kernels import Kernel, Notebook, until, write_notebook
from support.server import Jupyter

VALUE = "canary-value-of-a-token"
OTHER = "canary-value-of-another"


async def open_vault(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    await jupyter.create("HF_TOKEN", VALUE)
    await jupyter.create("OTHER", OTHER)


async def granted(jupyter: Jupyter, *names: str, path: str = "a.ipynb") -> Notebook:
    """A notebook in an open vault's reach that may use these."""
    await open_vault(jupyter)
    notebook = await write_notebook(jupyter, path)
    await notebook.allow(*names)
    return notebook


async def named(kernel: Kernel) -> dict[str, str]:
    """What it has, asked at its own address with its own capability."""
    variables: dict[str, str] = (await kernel.variables())["variables"]
    return variables


async def test_a_first_start_gets_an_address_a_capability_and_what_is_granted(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    environ = kernel.environ
    assert environ["DATALAYER_SECRETS_URL"] == f"{jupyter.origin}/datalayer-secrets/kernel"
    assert len(kernel.capability) == 43
    assert VALUE not in environ.values()
    assert await kernel.variables() == {"variables": {"HF_TOKEN": VALUE}, "left_out": {}, "redact": True}
    assert (await kernel.ask("/secrets")).json == {"names": ["HF_TOKEN"]}
    assert (await kernel.get("HF_TOKEN")).json == {"name": "HF_TOKEN", "value": VALUE}
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    assert VALUE not in jupyter.log.text
    assert kernel.capability not in jupyter.log.text


async def test_the_first_cell_has_it_and_shows_its_name_only(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    shown = await kernel.run("import os; print(os.environ['HF_TOKEN'], len(os.environ['HF_TOKEN']))")
    assert shown == f"[HF_TOKEN] {len(VALUE)}\n"
    assert await kernel.run("print('DATALAYER_SECRETS_TOKEN' in os.environ)") == "False\n"
    assert VALUE not in jupyter.log.text


async def test_what_is_granted_meanwhile_is_there_in_the_next_cell_and_what_is_revoked_is_gone(
    jupyter: Jupyter,
) -> None:
    await open_vault(jupyter)
    notebook = await write_notebook(jupyter, "a.ipynb")
    kernel = await notebook.open()
    assert await kernel.run("import os; print('HF_TOKEN' in os.environ)") == "False\n"
    await notebook.allow("HF_TOKEN")
    assert await notebook.states(kernel) == {"HF_TOKEN": "next_cell"}
    assert await kernel.run("print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"
    assert await notebook.states(kernel) == {"HF_TOKEN": "in_kernel"}
    await notebook.revoke("HF_TOKEN")
    assert await notebook.states(kernel) == {"HF_TOKEN": "next_cell"}
    assert await kernel.run("print('HF_TOKEN' in os.environ)") == "False\n"
    assert await notebook.states(kernel) == {}
    assert "NotGranted" in await kernel.run("import datalayer_secrets; datalayer_secrets.get('HF_TOKEN')")


async def test_a_secret_that_was_made_and_granted_just_now_is_never_missing(jupyter: Jupyter) -> None:
    await jupyter.set_up()
    notebook = await write_notebook(jupyter, "a.ipynb")
    kernel = await notebook.open()
    await kernel.run("import os")
    for number in range(50):
        await jupyter.create(f"NEW_{number}", f"canary-{number}")
        await notebook.allow(f"NEW_{number}")
        pulled = await named(kernel)
        assert pulled[f"NEW_{number}"] == f"canary-{number}"


async def test_a_restart_makes_the_capability_from_before_worthless(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    await kernel.run("1")
    before, pid = kernel.capability, kernel.pid
    await kernel.restart()
    assert kernel.pid != pid
    assert kernel.capability != before
    assert (await kernel.ask("/variables", capability=before)).status == 403
    assert await named(kernel) == {"HF_TOKEN": VALUE}
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"


async def test_what_the_process_before_a_restart_had_is_cleaned_from_what_comes_late(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    await kernel.run("1")
    agent, before = jupyter.extension.kernels().agent, kernel.capability
    await notebook.revoke("HF_TOKEN")
    await kernel.restart()
    received = agent.received(kernel.id)
    assert received == {"HF_TOKEN": {VALUE}, "DATALAYER_SECRETS_TOKEN": {before, kernel.capability}}
    await kernel.restart()
    assert "HF_TOKEN" not in agent.received(kernel.id), "that is two starts ago"


async def test_a_renamed_notebook_takes_its_grants_along_and_through_restarts(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    await kernel.run("1")
    await Contents(jupyter).make_folder("deep")
    await notebook.rename("deep/b.ipynb")
    assert await named(kernel) == {"HF_TOKEN": VALUE}
    await kernel.restart()
    assert await named(kernel) == {"HF_TOKEN": VALUE}
    await notebook.revoke("HF_TOKEN")
    assert await named(kernel) == {}


async def test_what_is_at_the_old_name_afterwards_has_nothing_of_it(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    await notebook.rename("b.ipynb")
    kernel = await (await write_notebook(jupyter, "a.ipynb")).open()
    assert await named(kernel) == {}
    assert (await kernel.get("HF_TOKEN")).json["code"] == "not_granted"


async def test_a_kernel_that_was_killed_comes_back_with_what_is_true_now(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    await kernel.run("1")
    before, pid = kernel.capability, kernel.pid
    await notebook.allow("OTHER")
    os.kill(pid, signal.SIGKILL)

    async def is_back() -> bool:
        process = kernel.manager.provisioner.process
        return process is not None and process.pid != pid and process.poll() is None

    await until(is_back)
    assert (await kernel.ask("/variables", capability=before)).status == 403
    assert await named(kernel) == {"HF_TOKEN": VALUE, "OTHER": OTHER}
    assert await kernel.run("import os; print(len(os.environ['OTHER']))") == f"{len(OTHER)}\n"


async def test_a_kernel_without_a_notebook_has_nothing_until_one_uses_it(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    made = await Contents(jupyter).ask("POST", "kernels", {"name": "python3"})
    kernel = Kernel(jupyter, made.json["id"])
    assert await kernel.variables() == {"variables": {}, "left_out": {}, "redact": True}
    assert (await kernel.get("HF_TOKEN")).status == 403
    await notebook.join(kernel)
    assert await named(kernel) == {"HF_TOKEN": VALUE}


async def test_a_notebook_that_changes_its_kernel_leaves_nothing_with_the_one_from_before(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    first = await notebook.open()
    await first.run("1")
    before = first.capability
    changed = await Contents(jupyter).change(notebook.session, kernel={"name": "python3"})
    second = Kernel(jupyter, changed["kernel"]["id"])
    assert second.id != first.id
    assert await named(second) == {"HF_TOKEN": VALUE}
    assert (await second.ask("/variables", capability=before)).status == 403


async def test_notebooks_have_each_their_own(jupyter: Jupyter) -> None:
    one = await granted(jupyter, "HF_TOKEN")
    other = await write_notebook(jupyter, "other.ipynb")
    await other.allow("OTHER")
    first, second = await one.open(), await other.open()
    assert await named(first) == {"HF_TOKEN": VALUE}
    assert await named(second) == {"OTHER": OTHER}
    assert (await first.get("OTHER")).json["code"] == "not_granted"
    assert (await second.get("HF_TOKEN")).json["code"] == "not_granted"


async def test_a_kernel_of_two_notebooks_has_what_both_may_use(jupyter: Jupyter) -> None:
    one = await granted(jupyter, "HF_TOKEN", "OTHER")
    other = await write_notebook(jupyter, "other.ipynb")
    await other.allow("OTHER")
    kernel = await one.open()
    assert await named(kernel) == {"HF_TOKEN": VALUE, "OTHER": OTHER}
    await other.join(kernel)
    assert await named(kernel) == {"OTHER": OTHER}
    assert await one.states(kernel) == {"HF_TOKEN": "left_out shared", "OTHER": "in_kernel"}
    assert (await kernel.get("HF_TOKEN")).json["code"] == "not_granted"


async def test_a_copy_has_nothing(jupyter: Jupyter) -> None:
    notebook = await granted(jupyter, "HF_TOKEN")
    copy = Notebook(jupyter, await Contents(jupyter).copy(notebook.path))
    kernel = await copy.open()
    assert await named(kernel) == {}
    assert (await kernel.get("HF_TOKEN")).status == 403


@pytest.mark.parametrize("ip", ["127.0.0.1", "localhost", "0.0.0.0", ""])
async def test_it_works_below_a_base_address_whatever_the_server_listens_on(start: StartJupyter, ip: str) -> None:
    jupyter = await start({"ServerApp": {"base_url": "/user/ada%40example.com/", "ip": ip}})
    notebook = await granted(jupyter, "HF_TOKEN")
    kernel = await notebook.open()
    assert kernel.environ["DATALAYER_SECRETS_URL"] == (
        f"{jupyter.origin}{jupyter.app.base_url}datalayer-secrets/kernel"
    )
    assert await kernel.run("import os; print(len(os.environ['HF_TOKEN']))") == f"{len(VALUE)}\n"


async def test_a_grant_in_a_folder_goes_by_the_real_file(jupyter: Jupyter, tmp_path: Path) -> None:
    await Contents(jupyter).make_folder("deep")
    notebook = await granted(jupyter, "HF_TOKEN", path="deep/a.ipynb")
    (tmp_path / "notebooks" / "link.ipynb").symlink_to("deep/a.ipynb")
    for opened in (notebook, Notebook(jupyter, "link.ipynb")):
        assert await named(await opened.open()) == {"HF_TOKEN": VALUE}
