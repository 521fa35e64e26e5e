"""Grants go where their notebook goes, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import StartJupyter
from jupyter_server.services.contents.filemanager import FileContentsManager
from support.contents import Contents
from support.home import Home
from support.server import Jupyter

from jupyterlab_datalayer_secrets.grants.file import GrantsFile


class Desk:
    """A server, its files, and who may use what there."""

    def __init__(self, jupyter: Jupyter, folder: Path) -> None:
        self.jupyter = jupyter
        self.contents = Contents(jupyter)
        self.folder = folder

    async def allow(self, path: str, name: str = "A") -> None:
        reply = await self.jupyter.ask("POST", "/grants", {"path": path, "vault": "local", "name": name})
        assert reply.status == 201, reply.text

    async def granted(self) -> dict[str, list[str]]:
        """Names by path."""
        found: dict[str, list[str]] = {}
        for row in (await self.jupyter.ask("GET", "/grants")).json["grants"]:
            found.setdefault(row["path"], []).append(row["name"])
        return found

    async def of_kernel(self, session: dict[str, Any]) -> list[str]:
        """The paths of the notebooks that the kernel of a session serves."""
        found = await self.jupyter.extension.book().notebooks.of_kernel(session["kernel"]["id"])
        return [notebook.path for notebook in found]


@pytest.fixture(params=["asynchronous", "synchronous"])
async def desk(start: StartJupyter, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """With two notebooks of which one is granted a secret, under either of Jupyter's own contents managers."""
    settings = {"ServerApp": {"contents_manager_class": FileContentsManager}}
    desk = Desk(await start(settings if request.param == "synchronous" else None), tmp_path / "notebooks")
    await desk.contents.make_folder("d")
    for path in ("a.ipynb", "d/b.ipynb", "other.ipynb"):
        await desk.contents.write(path)
    await desk.allow("a.ipynb")
    await desk.allow("d/b.ipynb", "B")
    return desk


async def test_a_renamed_notebook_keeps_its_grants_and_the_file_says_so(desk: Desk, home: Home) -> None:
    page = await desk.jupyter.subscribe()
    await desk.contents.rename("a.ipynb", "d/new.ipynb")
    assert await desk.granted() == {"d/b.ipynb": ["B"], "d/new.ipynb": ["A"]}
    book = desk.jupyter.extension.book()
    moved = book.notebooks.at("d/new.ipynb")
    assert (await page.until(lambda event: event.get("kind") == "state"))["notebook"] == moved.id
    await book.grants.write()
    on_disk = GrantsFile(home.folder, book.grants._file._host).read().table
    assert on_disk == {str(desk.folder / "d" / "b.ipynb"): {"B": "local"}, moved.real: {"A": "local"}}
    page.close()


async def test_a_renamed_or_moved_folder_takes_the_grants_in_it_along(desk: Desk) -> None:
    await desk.contents.make_folder("e")
    await desk.contents.make_folder("dd")
    await desk.contents.write("dd/b.ipynb")
    await desk.allow("dd/b.ipynb", "DD")
    await desk.contents.rename("d", "e/f")
    assert await desk.granted() == {"a.ipynb": ["A"], "dd/b.ipynb": ["DD"], "e/f/b.ipynb": ["B"]}


async def test_a_rename_before_anybody_asked_for_grants_counts_too(start: StartJupyter, desk: Desk) -> None:
    await desk.jupyter.close()
    again = Desk(await start(), desk.folder)
    assert again.jupyter.extension._book is None
    await again.contents.rename("a.ipynb", "c.ipynb")
    assert await again.granted() == {"c.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_copy_gets_nothing_and_takes_nothing(desk: Desk) -> None:
    copies = [await desk.contents.copy("a.ipynb"), await desk.contents.copy("a.ipynb", "d")]
    assert len(set(copies)) == 2
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_copied_folder_gets_nothing(desk: Desk) -> None:
    await desk.contents.copy("d")
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_whatever_a_notebook_says_of_itself_it_gets_nothing(desk: Desk) -> None:
    said = {"datalayer-secrets": {"grants": [{"vault": "local", "name": "A"}]}, "secrets": ["A"], "grants": ["A"]}
    await desk.contents.write("download.ipynb", said)
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_notebook_that_is_saved_again_keeps_its_grants(desk: Desk) -> None:
    for _ in range(2):
        await desk.contents.write("a.ipynb", {"x": 1})
    assert (await desk.granted())["a.ipynb"] == ["A"]


async def test_a_deleted_notebook_leaves_nothing_to_the_next_at_its_path(desk: Desk) -> None:
    page = await desk.jupyter.subscribe()
    await desk.contents.delete("a.ipynb")
    await page.until(lambda event: event.get("kind") == "state")
    await desk.contents.write("a.ipynb")
    assert await desk.granted() == {"d/b.ipynb": ["B"]}
    page.close()


async def test_a_deleted_folder_leaves_nothing_to_the_next_at_its_path(desk: Desk) -> None:
    await desk.contents.delete("d")
    await desk.contents.make_folder("d")
    await desk.contents.write("d/b.ipynb")
    assert await desk.granted() == {"a.ipynb": ["A"]}


async def test_what_is_renamed_to_the_path_of_a_deleted_notebook_brings_its_own(desk: Desk) -> None:
    await desk.contents.delete("a.ipynb")
    await desk.contents.rename("d/b.ipynb", "a.ipynb")
    assert await desk.granted() == {"a.ipynb": ["B"]}
    await desk.contents.delete("a.ipynb")
    await desk.contents.rename("other.ipynb", "a.ipynb")
    assert await desk.granted() == {}


@pytest.mark.parametrize("arrival", ["save", "new", "copy", "rename"])
async def test_after_a_deletion_in_a_terminal_what_the_server_puts_there_gets_nothing(desk: Desk, arrival: str) -> None:
    path = {"save": "x.ipynb", "new": "Untitled.ipynb", "copy": "other-Copy1.ipynb", "rename": "x.ipynb"}[arrival]
    await desk.contents.write(path)
    await desk.allow(path, "STALE")
    (desk.folder / path).unlink()
    if arrival == "save":
        await desk.contents.write(path)
    elif arrival == "new":
        assert (await desk.contents.ask("POST", "contents/", {"type": "notebook"})).json["path"] == path
    elif arrival == "copy":
        assert await desk.contents.copy("other.ipynb") == path
    else:
        await desk.contents.rename("other.ipynb", path)
    assert (desk.folder / path).exists()
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_rename_in_a_terminal_is_not_followed_and_is_told(desk: Desk) -> None:
    (desk.folder / "a.ipynb").rename(desk.folder / "c.ipynb")
    rows = (await desk.jupyter.ask("GET", "/grants")).json["grants"]
    assert [(row["path"], row["exists"]) for row in rows] == [("a.ipynb", False), ("d/b.ipynb", True)]


async def test_a_link_is_the_notebook_that_it_leads_to(desk: Desk) -> None:
    (desk.folder / "link.ipynb").symlink_to(desk.folder / "a.ipynb")
    await desk.allow("link.ipynb", "LINKED")
    assert (await desk.granted())["a.ipynb"] == ["A", "LINKED"]
    await desk.contents.rename("link.ipynb", "link2.ipynb")
    await desk.contents.write("link2.ipynb", {"x": 1})
    await desk.contents.delete("link2.ipynb")
    assert (await desk.granted())["a.ipynb"] == ["A", "LINKED"]


async def test_a_notebook_in_a_linked_folder_moves_by_its_real_path(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (desk.folder / "far").symlink_to(outside)
    await desk.contents.write("far/x.ipynb")
    await desk.allow("far/x.ipynb", "X")
    await desk.contents.rename("far/x.ipynb", "far/y.ipynb")
    assert (await desk.granted())[str(outside / "y.ipynb")] == ["X"]
    await desk.contents.rename("far", "near")
    assert (await desk.granted())[str(outside / "y.ipynb")] == ["X"]
    await desk.contents.rename("near/y.ipynb", "y.ipynb")
    assert (await desk.granted())["y.ipynb"] == ["X"]


async def opened(desk: Desk, path: str) -> dict[str, Any]:
    """A session of a notebook, as the server has seen it, with a kernel that need not run."""
    session = await desk.contents.open(path, path.rpartition("/")[2])
    assert await desk.of_kernel(session) == [path]
    return session


async def test_a_rename_and_its_session_s_new_path_count_once_in_either_order(desk: Desk) -> None:
    session = await opened(desk, "a.ipynb")
    await desk.contents.rename("a.ipynb", "b.ipynb")
    await desk.contents.change(session, path="b.ipynb", name="b.ipynb")
    assert await desk.of_kernel(session) == ["b.ipynb"]
    assert await desk.granted() == {"b.ipynb": ["A"], "d/b.ipynb": ["B"]}
    await desk.contents.change(session, path="c.ipynb", name="c.ipynb")
    assert await desk.of_kernel(session) == ["c.ipynb"]
    await desk.contents.rename("b.ipynb", "c.ipynb")
    assert await desk.of_kernel(session) == ["c.ipynb"]
    assert await desk.granted() == {"c.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_session_that_tells_of_a_rename_before_the_contents_service_does_counts_once(desk: Desk) -> None:
    session = await opened(desk, "a.ipynb")
    (desk.folder / "a.ipynb").rename(desk.folder / "c.ipynb")
    await desk.contents.change(session, path="c.ipynb")
    await desk.of_kernel(session)
    assert (await desk.granted())["c.ipynb"] == ["A"]
    desk.jupyter.app.contents_manager.emit(data={"action": "rename", "source_path": "a.ipynb", "path": "c.ipynb"})
    assert await desk.granted() == {"c.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_session_that_follows_a_rename_in_a_terminal_takes_the_grants_along(desk: Desk) -> None:
    session = await opened(desk, "d/b.ipynb")
    (desk.folder / "d").rename(desk.folder / "moved")
    await desk.contents.change(session, path="moved/b.ipynb")
    assert await desk.of_kernel(session) == ["moved/b.ipynb"]
    assert await desk.granted() == {"a.ipynb": ["A"], "moved/b.ipynb": ["B"]}


async def test_a_session_that_goes_on_with_a_copy_takes_nothing_along(desk: Desk) -> None:
    session = await opened(desk, "a.ipynb")
    await desk.contents.write("saved-as.ipynb")
    await desk.contents.change(session, path="saved-as.ipynb")
    assert await desk.of_kernel(session) == ["saved-as.ipynb"]
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}


async def test_a_session_that_moves_to_a_notebook_with_grants_changes_none(desk: Desk) -> None:
    session = await opened(desk, "a.ipynb")
    (desk.folder / "a.ipynb").unlink()
    await desk.contents.change(session, path="d/b.ipynb")
    assert await desk.of_kernel(session) == ["d/b.ipynb"]
    assert await desk.granted() == {"a.ipynb": ["A"], "d/b.ipynb": ["B"]}
