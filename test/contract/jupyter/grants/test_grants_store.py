"""Grants of a running server: at once in memory, then on disk, and what others write there."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.home import Home

from jupyterlab_datalayer_secrets.grants import lock
from jupyterlab_datalayer_secrets.grants.file import Content, GrantsFile
from jupyterlab_datalayer_secrets.grants.grant import Allowed, Grant, Notebook
from jupyterlab_datalayer_secrets.grants.store import Grants, What
from jupyterlab_datalayer_secrets.grants.table import Act, drop, move, put

A, B = Grant("local", "A"), Grant("datalayer", "B")
ONE, TWO = Notebook("a.ipynb", "/n/a.ipynb"), Notebook("d/b.ipynb", "/n/d/b.ipynb")


def make(home: Home) -> Grants:
    file = GrantsFile(home.folder, "here")
    return Grants(file, lambda real: Notebook(real.removeprefix("/n/"), real), logging.getLogger("grants"))


@pytest.fixture
async def grants(home: Home) -> Grants:
    return make(home)


def heard(grants: Grants) -> list[tuple[What, str, Grant | None]]:
    """What listeners are told from now on."""
    told: list[tuple[What, str, Grant | None]] = []
    grants.changed.append(lambda what, notebook, grant: told.append((what, notebook.path, grant)))
    return told


def elsewhere(home: Home) -> GrantsFile:
    """Another program on the same file."""
    return GrantsFile(home.folder, "here")


@contextmanager
def held(home: Home) -> Iterator[None]:
    """Another process has the lock."""
    home.folder.mkdir(0o700, exist_ok=True)
    (home.folder / "grants.lock").touch(0o600)
    holder = subprocess.Popen(
        ["sh", "-c", 'exec 9<>"$0"; flock 9; echo; read end', str(home.folder / "grants.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield
    finally:
        holder.kill()
        holder.communicate()


async def test_a_grant_holds_at_once_and_is_on_disk_when_it_was_waited_for(grants: Grants, home: Home) -> None:
    with held(home):
        waiting = asyncio.ensure_future(grants.allow(ONE, A))
        await asyncio.sleep(0)
        assert grants.of(ONE) == {A}
        assert not waiting.done()
        assert elsewhere(home).read().table == {}
    assert await waiting == Allowed(already=False, replaced=None)
    assert elsewhere(home).read().table == {"/n/a.ipynb": {"A": "local"}}
    assert make(home).of(ONE) == {A}


async def test_a_revocation_holds_at_once_and_is_on_disk_when_it_was_waited_for(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    with held(home):
        waiting = asyncio.ensure_future(grants.revoke(ONE.id, A))
        await asyncio.sleep(0)
        assert grants.of(ONE) == frozenset()
    assert await waiting
    assert elsewhere(home).read().table == {}
    assert not await grants.revoke(ONE.id, A)


async def test_giving_up_on_a_write_neither_undoes_nor_repeats_it(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    with held(home):
        grants.put(ONE, B)
        grants.move("/n/a.ipynb", "/n/d/b.ipynb", "/")
        waiting = asyncio.ensure_future(grants.write())
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
    await grants.write()
    assert grants.all() == [(TWO, A), (TWO, B)]
    assert elsewhere(home).read().table == {"/n/d/b.ipynb": {"A": "local", "B": "datalayer"}}


async def test_what_was_just_written_is_not_done_again_before_that_is_known(
    home: Home,
) -> None:
    written, known = threading.Event(), threading.Event()

    class Slow(GrantsFile):
        def write(self, acts: Sequence[Act]) -> Content:
            content = super().write(acts)
            written.set()
            known.wait(30)
            return content

    elsewhere(home).write([put("/n/a.ipynb", A)])
    grants = Grants(Slow(home.folder, "here"), lambda real: Notebook(real, real), logging.getLogger())
    grants.put(ONE, B)
    grants.move("/n/a.ipynb", "/n/d/b.ipynb", "/")
    waiting = asyncio.ensure_future(grants.write())
    while not written.is_set():
        await asyncio.sleep(0.001)
    assert grants.of(TWO) == {A, B}
    known.set()
    await waiting
    assert grants.of(TWO) == {A, B}


async def test_what_is_done_while_a_write_is_under_way_is_done_once_and_in_order(grants: Grants, home: Home) -> None:
    with held(home):
        work = [asyncio.ensure_future(grants.allow(ONE, A))]
        await asyncio.sleep(0.05)
        grants.move("/n/a.ipynb", "/n/d/b.ipynb", "/")
        work.append(asyncio.ensure_future(grants.allow(TWO, B)))
        await asyncio.sleep(0.05)
        assert grants.of(TWO) == {A, B}
        grants.move("/n/d/b.ipynb", "/n/a.ipynb", "/")
    await asyncio.gather(*work)
    await grants.write()
    assert grants.all() == [(ONE, A), (ONE, B)]
    assert elsewhere(home).read().table == {"/n/a.ipynb": {"A": "local", "B": "datalayer"}}


async def test_a_name_is_granted_from_one_vault_and_the_other_is_named(grants: Grants) -> None:
    assert await grants.allow(ONE, A) == Allowed(already=False, replaced=None)
    assert await grants.allow(ONE, A) == Allowed(already=True, replaced=None)
    other = Grant("datalayer", "A")
    assert await grants.allow(ONE, other) == Allowed(already=False, replaced="local")
    assert grants.of(ONE) == {other}
    assert not await grants.revoke(ONE.id, A), "that one is gone already"
    assert grants.of(ONE) == {other}


async def test_what_others_write_is_seen_at_the_next_question(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    told = heard(grants)
    generation = grants.generation
    elsewhere(home).write([put("/n/a.ipynb", B), put("/n/d/b.ipynb", A)])
    assert grants.generation > generation
    assert grants.of(ONE) == {A, B}
    assert sorted(told, key=str) == [("changed", "a.ipynb", None), ("changed", "d/b.ipynb", None)]
    elsewhere(home).write([drop(["/n/a.ipynb"])])
    assert grants.of(ONE) == frozenset()
    (home.folder / "grants.json").unlink()
    assert grants.all() == []


async def test_what_others_did_meanwhile_outlives_our_own_write(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    with held(home):
        waiting = asyncio.ensure_future(grants.allow(ONE, B))
        await asyncio.sleep(0.05)
    await waiting
    elsewhere(home).write([move({"/n/a.ipynb": "/n/d/b.ipynb"})])
    await grants.allow(ONE, A)
    assert grants.all() == [(ONE, A), (TWO, A), (TWO, B)]


async def test_another_host_has_none_of_it(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    moved = Grants(GrantsFile(home.folder, "new-pod"), lambda real: Notebook(real, real), logging.getLogger())
    assert moved.of(ONE) == frozenset()
    assert moved.all() == []
    await moved.allow(ONE, B)
    assert grants.of(ONE) == {A}


async def test_of_a_damaged_file_it_is_said_and_what_is_granted_is_kept_here(
    grants: Grants, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await grants.allow(ONE, A)
    path = home.folder / "grants.json"
    path.write_text("canary{")
    assert grants.of(ONE) == {A}, "it was granted"
    await grants.allow(TWO, B)
    assert await grants.allow(TWO, A) == Allowed(already=False, replaced=None)
    assert grants.of(TWO) == {A, B}
    assert await grants.revoke(TWO.id, B)
    assert path.read_text() == "canary{"
    assert [grants.stored(each) for each in (ONE, TWO)] == ["memory", "memory"]
    assert grants.fault is not None
    assert (grants.fault.kind, grants.fault.details["path"]) == ("integrity", str(path))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(path) in caplog.text
    assert "canary" not in caplog.text
    assert make(home).all() == [], "a damaged file is not believed in parts"


async def test_what_was_kept_here_is_written_when_the_file_is_whole_again(grants: Grants, home: Home) -> None:
    path = home.folder / "grants.json"
    home.folder.mkdir(0o700)
    path.touch(0o600)
    await grants.allow(ONE, A)
    assert path.read_text() == ""
    path.unlink()
    elsewhere(home).write([put("/n/d/b.ipynb", B)])
    assert grants.all() == [(ONE, A), (TWO, B)]
    await grants.write()
    assert elsewhere(home).read().table == {"/n/a.ipynb": {"A": "local"}, "/n/d/b.ipynb": {"B": "datalayer"}}
    assert grants.stored(ONE) == "file"


async def test_a_file_that_others_can_read_is_not_used(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    path = home.folder / "grants.json"
    text = path.read_text()
    path.chmod(0o644)
    await grants.allow(TWO, B)
    assert (grants.stored(TWO), path.read_text()) == ("memory", text)
    assert make(home).all() == []
    path.chmod(0o600)
    assert grants.of(TWO) == {B}
    await grants.write()
    assert make(home).of(TWO) == {B}


async def test_a_lock_that_never_comes_stops_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.1)
    grants = make(home)
    with held(home):
        await grants.allow(ONE, A)
        assert grants.of(ONE) == {A}
        assert grants.stored(ONE) == "memory"
    await grants.allow(ONE, A)
    assert grants.stored(ONE) == "file"
    assert make(home).of(ONE) == {A}


async def test_a_folder_takes_everything_below_it_along_and_nothing_beside_it(grants: Grants) -> None:
    beside = Notebook("dd/c.ipynb", "/n/dd/c.ipynb")
    for notebook in (ONE, TWO, beside):
        await grants.allow(notebook, A)
    grants.set_redaction(TWO, on=False)
    told = heard(grants)
    grants.move("/n/d", "/n/e/f", "/")
    moved = Notebook("e/f/b.ipynb", "/n/e/f/b.ipynb")
    assert [notebook for notebook, _ in grants.all()] == [ONE, beside, moved]
    assert (grants.redacts(TWO), grants.redacts(moved)) == (True, False)
    assert told == [("moved", "e/f/b.ipynb", None)]


async def test_what_was_at_the_new_path_is_forgotten_even_where_nothing_takes_its_place(grants: Grants) -> None:
    await grants.allow(TWO, A)
    grants.set_redaction(TWO, on=False)
    grants.move("/n/other.ipynb", "/n/d/b.ipynb", "/")
    assert grants.all() == []
    assert grants.redacts(TWO)


async def test_a_move_that_was_told_twice_happens_once(grants: Grants, home: Home) -> None:
    await grants.allow(ONE, A)
    grants.move("/n/a.ipynb", "/n/d/b.ipynb", "/")
    await grants.write()
    generation = grants.generation
    elsewhere(home).write([move({"/n/a.ipynb": "/n/d/b.ipynb"})])
    assert grants.all() == [(TWO, A)]
    assert grants.generation == generation


async def test_notebooks_without_files_are_granted_in_memory(grants: Grants, home: Home) -> None:
    far = Notebook("far/a.ipynb", None)
    assert await grants.allow(far, A) == Allowed(already=False, replaced=None)
    assert (grants.of(far), grants.stored(far)) == ({A}, "memory")
    grants.move("contents:far", "contents:near", "/")
    assert grants.all() == [(Notebook("near/a.ipynb", None), A)]
    assert await grants.revoke(Notebook("near/a.ipynb", None).id, A)
    assert grants.all() == []
    assert not (home.folder / "grants.json").exists()


async def test_redaction_is_on_until_it_is_turned_off_and_each_turn_is_a_change(grants: Grants) -> None:
    assert grants.redacts(ONE)
    generation = grants.generation
    grants.set_redaction(ONE, on=False)
    assert (grants.redacts(ONE), grants.redacts(TWO)) == (False, True)
    assert grants.generation == generation + 1
    grants.set_redaction(ONE, on=False)
    assert grants.generation == generation + 1
    grants.set_redaction(ONE, on=True)
    assert grants.redacts(ONE)
    assert grants.generation == generation + 2


async def test_with_ten_thousand_grants_a_cell_costs_next_to_nothing(grants: Grants, home: Home) -> None:
    notebooks = [Notebook(f"{n}.ipynb", f"/n/{n}.ipynb") for n in range(1000)]
    elsewhere(home).write([put(str(one.real), Grant("local", f"NAME_{k}")) for one in notebooks for k in range(10)])
    assert len(grants.of(ONE)) == 0
    cold = time.perf_counter()
    for one in notebooks:
        assert len(grants.of(one)) == 10
    warm = time.perf_counter()
    for one in notebooks:
        grants.of(one)
    end = time.perf_counter()
    allowing = time.perf_counter()
    await grants.allow(ONE, A)
    allowed = time.perf_counter() - allowing
    print(f"of: {(warm - cold) * 1000:.0f} us, again {(end - warm) * 1000:.1f} us; allow: {allowed * 1000:.0f} ms")
    assert end - warm < 0.25, "250 us each, on a loaded machine"
    assert allowed < 5


async def test_a_listener_that_fails_stops_nobody(grants: Grants, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise ValueError("canary")

    grants.changed.append(fail)
    told = heard(grants)
    await grants.allow(ONE, A)
    assert told == [("granted", "a.ipynb", A)]
    assert "canary" not in caplog.text


def test_a_notebook_is_what_it_is_by_whatever_path_it_is_reached() -> None:
    assert Notebook("link.ipynb", "/n/a.ipynb") == ONE
    assert len({Notebook("link.ipynb", "/n/a.ipynb"), ONE, TWO}) == 2
    assert Notebook("a.ipynb", None) != Notebook("b.ipynb", None)
    assert ONE.id == Notebook("link.ipynb", "/n/a.ipynb").id
    assert len(ONE.id) == 16
    assert json.dumps(ONE.id).strip('"').isalnum()


def test_no_name_of_a_notebook_is_taken_for_another_kind(tmp_path: Path) -> None:
    real = str(tmp_path / "a.ipynb")
    assert Notebook("a.ipynb", real).id != Notebook(real, None).id
