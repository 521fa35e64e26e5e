"""Which notebooks a kernel serves, at each moment of its life."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import StartJupyter
from jupyter_server.services.contents.checkpoints import Checkpoints
from jupyter_server.services.contents.manager import ContentsManager
from support.contents import Contents
from support.home import Home
from support.server import Jupyter

from jupyterlab_datalayer_secrets.grants.notebooks import Notebooks


@pytest.fixture
async def contents(jupyter: Jupyter) -> Contents:
    contents = Contents(jupyter)
    await contents.make_folder("d")
    for path in ("a.ipynb", "b.ipynb", "d/c.ipynb"):
        await contents.write(path)
    return contents


@pytest.fixture
async def notebooks(jupyter: Jupyter, contents: Contents) -> Notebooks:
    return jupyter.extension.book().notebooks


async def served(notebooks: Notebooks, session: dict[str, Any], env: dict[str, str] | None = None) -> list[str]:
    return [notebook.path for notebook in await notebooks.of_kernel(session["kernel"]["id"], env)]


async def test_a_session_is_its_notebook_before_and_after_it_gets_its_path(
    contents: Contents, notebooks: Notebooks
) -> None:
    session = await contents.open(f"d/{uuid4()}", "c.ipynb")
    assert await served(notebooks, session) == ["d/c.ipynb"]
    await contents.change(session, path="d/c.ipynb", name="c.ipynb")
    assert await served(notebooks, session) == ["d/c.ipynb"]
    await contents.change(session, path="RTC:a.ipynb", name="a.ipynb")
    assert await served(notebooks, session) == ["a.ipynb"]


async def test_a_kernel_serves_all_notebooks_of_its_sessions_and_no_console(
    contents: Contents, notebooks: Notebooks
) -> None:
    session = await contents.open("a.ipynb", "a.ipynb")
    await contents.open("b.ipynb", "b.ipynb", kernel={"id": session["kernel"]["id"]})
    await contents.open(f"console-1-{uuid4()}", "Console 1", type="console", kernel={"id": session["kernel"]["id"]})
    assert sorted(await served(notebooks, session)) == ["a.ipynb", "b.ipynb"]
    foreign = await contents.open("d/c.ipynb", "c.ipynb")
    assert await served(notebooks, foreign) == ["d/c.ipynb"]


async def test_a_notebook_of_another_format_counts_as_one(contents: Contents, notebooks: Notebooks) -> None:
    session = await contents.open("a.ipynb", "a.ipynb")
    await contents.open("notes.md", "notes.md", kernel={"id": session["kernel"]["id"]})
    assert sorted(await served(notebooks, session)) == ["a.ipynb", "notes.md"], (
        "so what it was not granted is not shared"
    )


async def test_a_kernel_that_starts_is_of_the_notebook_that_its_environment_names(
    notebooks: Notebooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "notebooks"
    no_session = {"kernel": {"id": str(uuid4())}}

    async def named(name: str) -> list[str]:
        return await served(notebooks, no_session, {"JPY_SESSION_NAME": name})

    assert await named(str(root / "d" / "c.ipynb")) == ["d/c.ipynb"]
    assert await named("d/c.ipynb") == ["d/c.ipynb"]
    for name in ("", str(root / "Console 1"), str(root / str(uuid4())), f"d/{uuid4()}"):
        assert await named(name) == []
    assert await served(notebooks, no_session) == []
    monkeypatch.setenv("JPY_SESSION_NAME", str(root / "a.ipynb"))
    assert await named(str(root / "a.ipynb")) == [], "the server itself was started from that notebook"


async def test_at_its_start_a_kernel_is_known_by_what_jupyter_gives_it(
    jupyter: Jupyter, contents: Contents, notebooks: Notebooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment is Jupyter's own, as the provisioner of a real kernel gets it."""
    from jupyter_client.provisioning import LocalProvisioner

    seen: list[list[str]] = []
    launch = LocalProvisioner.pre_launch

    async def pre_launch(self: Any, **kw: Any) -> dict[str, Any]:
        found = await notebooks.of_kernel(self.kernel_id, kw.get("env", os.environ))
        seen.append([notebook.path for notebook in found])
        return await launch(self, **kw)

    monkeypatch.setattr(LocalProvisioner, "pre_launch", pre_launch)
    session = await contents.open(f"d/{uuid4()}", "c.ipynb")
    await contents.change(session, path="d/c.ipynb", name="c.ipynb")
    await contents.ask("POST", f"kernels/{session['kernel']['id']}/restart")
    await contents.rename("d/c.ipynb", "moved.ipynb")
    await contents.change(session, path="moved.ipynb", name="moved.ipynb")
    await contents.ask("POST", f"kernels/{session['kernel']['id']}/restart")
    await contents.change(session, kernel={"name": "python3"})
    await contents.ask("POST", "kernels", {"name": "python3"})
    assert seen == [["d/c.ipynb"], ["d/c.ipynb"], ["moved.ipynb"], ["moved.ipynb"], []]


async def test_paths_that_lead_out_of_the_root_are_no_files(notebooks: Notebooks) -> None:
    for path in ("../x.ipynb", "d/../../x.ipynb", "a\0.ipynb"):
        assert notebooks.at(path).real is None
        assert not await notebooks.exists(notebooks.at(path))


class NoCheckpoints(Checkpoints):
    def list_checkpoints(self, path: str) -> list[object]:
        return []


class Far(ContentsManager):
    """Keeps notebooks somewhere else, where they have no paths of this machine."""

    checkpoints_class = NoCheckpoints
    kept = frozenset({"far/a.ipynb"})

    def file_exists(self, path: str = "") -> bool:
        return path in self.kept

    def dir_exists(self, path: str) -> bool:
        return path in ("", "far")

    def is_hidden(self, path: str) -> bool:
        return False

    def rename_file(self, old_path: str, new_path: str) -> None:
        self.kept = frozenset(path.replace(old_path, new_path, 1) for path in self.kept)

    def get(self, path: str, content: bool = True, **_: object) -> dict[str, Any]:
        now = "2026-01-01T00:00:00Z"
        base = {"name": path.rpartition("/")[2], "path": path, "created": now, "last_modified": now}
        return {**base, "writable": True, "type": "notebook", "mimetype": None, "content": None, "format": None}


async def test_notebooks_that_are_kept_elsewhere_are_granted_until_the_server_ends(
    start: StartJupyter, home: Home
) -> None:
    jupyter = await start({"ServerApp": {"contents_manager_class": Far}})
    grant = {"path": "far/a.ipynb", "vault": "local", "name": "A"}
    made = await jupyter.ask("POST", "/grants", grant)
    assert (made.status, made.json["stored"]) == (201, "memory")
    assert (await jupyter.ask("POST", "/grants", {**grant, "path": "far/b.ipynb"})).status == 404
    await Contents(jupyter).rename("far", "near")
    rows = (await jupyter.ask("GET", "/grants")).json["grants"]
    assert [(row["path"], row["exists"]) for row in rows] == [("near/a.ipynb", True)]
    jupyter.app.contents_manager.emit(data={"action": "delete", "path": "near"})
    assert (await jupyter.ask("GET", "/grants")).json["grants"] == []
    assert not (home.folder / "grants.json").exists()
