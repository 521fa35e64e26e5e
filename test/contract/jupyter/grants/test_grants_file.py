"""The file of grants: private, whole at every moment, and nobody's work is lost in it."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.bundle import ROOT
from support.home import Home, wait_until

from jupyterlab_datalayer_secrets.errors import SecretsError
from jupyterlab_datalayer_secrets.grants import lock
from jupyterlab_datalayer_secrets.grants.file import GrantsFile
from jupyterlab_datalayer_secrets.grants.grant import Grant
from jupyterlab_datalayer_secrets.grants.private import secrets_home
from jupyterlab_datalayer_secrets.grants.table import drop, move, put, take

A, B = Grant("local", "A"), Grant("datalayer", "B")


@pytest.fixture
def file(home: Home) -> GrantsFile:
    return GrantsFile(home.folder, "here")


def grant(host: str = "here", notebook: str = "/n/a.ipynb", vault: str = "local", name: str = "A") -> dict[str, str]:
    return {"host": host, "notebook": notebook, "vault": vault, "name": name}


def lay(file: GrantsFile, text: str) -> None:
    """Somebody else wrote this."""
    file.path.parent.mkdir(0o700, exist_ok=True)
    file.path.unlink(missing_ok=True)
    file.path.touch(0o600)
    file.path.write_text(text)


def entries(file: GrantsFile) -> list[dict[str, str]]:
    said: list[dict[str, str]] = json.loads(file.path.read_text())["grants"]
    return said


def test_it_lies_where_the_service_has_its_files(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets_home() == home.folder
    monkeypatch.setenv("DATALAYER_SECRETS_HOME", "relative")
    assert secrets_home() == Path.cwd() / "relative"
    monkeypatch.delenv("DATALAYER_SECRETS_HOME")
    assert secrets_home() == Path(os.environ["HOME"]) / ".datalayer" / "secrets"


def test_it_says_host_notebook_vault_and_name_and_no_more(file: GrantsFile) -> None:
    file.write([put("/n/b.ipynb", A), put("/n/a.ipynb", B), put("/n/a.ipynb", A)])
    assert json.loads(file.path.read_text()) == {
        "format": 1,
        "grants": [grant(), grant(vault="datalayer", name="B"), grant(notebook="/n/b.ipynb")],
    }


def test_reading_makes_nothing(file: GrantsFile, home: Home) -> None:
    assert file.read() == ({}, None)
    assert not home.folder.exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_its_owner_can_read_it_from_its_first_moment(file: GrantsFile, umask: int) -> None:
    before = os.umask(umask)
    try:
        file.write([put("/n/a.ipynb", A)])
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    for one in file.path.parent.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one


@pytest.mark.parametrize("what", ["file", "folder", "lock"])
def test_what_others_can_read_is_refused_and_left_alone(file: GrantsFile, what: str) -> None:
    file.write([put("/n/a.ipynb", A)])
    places = {"file": file.path, "folder": file.path.parent, "lock": file.path.with_name("grants.lock")}
    places[what].chmod(0o755)
    text = file.path.read_text()
    with pytest.raises(SecretsError) as caught:
        file.write([put("/n/a.ipynb", B)])
    assert (caught.value.kind, caught.value.details["path"]) == ("bad_permissions", str(places[what]))
    assert file.path.read_text() == text
    if what != "lock":
        with pytest.raises(SecretsError, match="Other users"):
            file.read()


def test_what_belongs_to_another_user_is_refused(file: GrantsFile) -> None:
    file.write([put("/n/a.ipynb", A)])
    os.chown(file.path, 12_345, -1)
    with pytest.raises(SecretsError) as caught:
        file.read()
    assert (caught.value.kind, caught.value.details["reason"]) == ("bad_permissions", "owner")


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_plain_file_is_refused(file: GrantsFile, tmp_path: Path, kind: str) -> None:
    file.path.parent.mkdir(0o700)
    if kind == "link":
        other = tmp_path / "other.json"
        other.touch(0o600)
        file.path.symlink_to(other)
    elif kind == "folder":
        file.path.mkdir(0o700)
    else:
        os.mkfifo(file.path, 0o600)
    for ask in (file.read, lambda: file.write([put("/n/a.ipynb", A)])):
        with pytest.raises(SecretsError) as caught:
            ask()
        assert (caught.value.kind, caught.value.details["reason"]) == ("bad_permissions", "other-kind")


DAMAGED = [
    "",
    "{",
    "[]",
    '{"format": 1}',
    '{"grants": []}',
    '{"format": 0, "grants": []}',
    '{"format": true, "grants": []}',
    '{"format": 1, "grants": [{}]}',
    '{"format": 1, "grants": [], "more": 1}',
    json.dumps({"format": 1, "grants": [grant(), "canary"]}),
    json.dumps({"format": 1, "grants": [{**grant(), "name": 7}]}),
    json.dumps({"format": 1, "grants": [grant(vault="not an id")]}),
    json.dumps({"format": 1, "grants": [{**grant(), "value": "canary"}]}),
    "[" * 100_000,
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_neither_believed_nor_overwritten(file: GrantsFile, text: str) -> None:
    lay(file, text)
    for ask in (file.read, lambda: file.write([put("/n/a.ipynb", A)])):
        with pytest.raises(SecretsError, match="damaged") as caught:
            ask()
        assert caught.value.kind == "integrity"
        assert "canary" not in str(caught.value) + repr(caught.value.details)
    assert file.path.read_text() == text


def test_a_newer_format_is_refused_and_left_alone(file: GrantsFile) -> None:
    text = json.dumps({"format": 2, "grants": {"canary": True}})
    lay(file, text)
    for ask in (file.read, lambda: file.write([put("/n/a.ipynb", A)])):
        with pytest.raises(SecretsError, match="Update") as caught:
            ask()
        assert caught.value.kind == "newer_vault"
    assert file.path.read_text() == text


def test_other_hosts_keep_theirs_and_lend_nothing(file: GrantsFile, home: Home) -> None:
    elsewhere = GrantsFile(home.folder, "there")
    elsewhere.write([put("/n/a.ipynb", B)])
    assert file.read().table == {}
    file.write([put("/n/a.ipynb", A), move({"/n/a.ipynb": "/n/b.ipynb"})])
    file.write([drop(["/n/b.ipynb"])])
    assert entries(file) == [grant("there", vault="datalayer", name="B")]
    assert elsewhere.read().table == {"/n/a.ipynb": {"B": "datalayer"}}


def test_a_name_is_granted_from_one_vault_at_a_time(file: GrantsFile) -> None:
    file.write([put("/n/a.ipynb", A), put("/n/a.ipynb", Grant("datalayer", "A"))])
    file.write([take("/n/a.ipynb", A)])
    assert file.read().table == {"/n/a.ipynb": {"A": "datalayer"}}


def test_a_name_that_is_no_unicode_comes_back_as_it_was(file: GrantsFile) -> None:
    odd = os.fsdecode(b"/n/\xff\xe4.ipynb")
    file.write([put(odd, A)])
    assert file.read().table == {odd: {"A": "local"}}


WRITER = """
import sys
from pathlib import Path
from jupyterlab_datalayer_secrets.grants.file import GrantsFile
from jupyterlab_datalayer_secrets.grants.grant import Grant
from jupyterlab_datalayer_secrets.grants.table import put
folder, host, label, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
file = GrantsFile(folder, host)
for n in range(count):
    file.write([put(f"/n/{label}-{n % 300}.ipynb", Grant("local", "A"))])
    print(n, flush=True)
"""


def writer(file: GrantsFile, label: str, count: int, host: str = "here") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file.path.parent), host, label, str(count)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "jupyterlab-plugin")},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_several_processes_write_at_once_is_all_there(file: GrantsFile) -> None:
    writers = [writer(file, str(n), 40, host) for n, host in enumerate(["here", "here", "here", "there"])]
    for one in writers:
        one.communicate(timeout=120)
        assert one.returncode == 0
    assert file.read().table == {f"/n/{n}-{k}.ipynb": {"A": "local"} for n in range(3) for k in range(40)}
    assert len(entries(file)) == 160


def test_a_writer_that_is_killed_at_any_moment_leaves_a_whole_file_and_no_lock(file: GrantsFile) -> None:
    file.write([put(f"/n/old-{n}.ipynb", A) for n in range(1000)])
    chance = random.Random(7)
    for _ in range(15):
        one = writer(file, "killed", 100_000)
        try:
            assert one.stdout is not None
            assert one.stdout.readline() == "0\n"
            end = time.monotonic() + chance.random() * 0.05
            while time.monotonic() < end:
                file.read()
        finally:
            os.kill(one.pid, signal.SIGKILL)
            one.communicate()
        known = file.read().table
        assert sum("old" in notebook for notebook in known) == 1000
        began = time.monotonic()
        assert file.write([put("/n/mine.ipynb", A)]).table == {**known, "/n/mine.ipynb": {"A": "local"}}
        assert time.monotonic() - began < lock.PATIENCE
    assert sorted(one.name for one in file.path.parent.iterdir()) == ["grants.json", "grants.lock"]


def test_who_waits_too_long_for_another_is_told(file: GrantsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    file.write([put("/n/a.ipynb", A)])
    holder = subprocess.Popen(
        ["sh", "-c", 'exec 9<>"$0"; flock 9; echo; read end', str(file.path.with_name("grants.lock"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(SecretsError) as caught:
            file.write([put("/n/a.ipynb", B)])
        assert caught.value.kind == "busy"
        assert file.read().table == {"/n/a.ipynb": {"A": "local"}}, "reading needs no lock"
    finally:
        holder.kill()
        holder.communicate()
    wait_until(lambda: file.write([put("/n/a.ipynb", B)]).table["/n/a.ipynb"].keys() == {"A", "B"})
