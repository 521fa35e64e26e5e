"""What pages can say and ask about notebooks, and the fields of the answers: these and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import StartJupyter
from support.contents import Contents
from support.home import Home
from support.server import Events, Jupyter, Reply

ID = "https://events.datalayer.io/jupyterlab_datalayer_secrets/kernels/v1"
GRANT = {"path": "a.ipynb", "vault": "local", "name": "API_KEY"}
NOBODY = "0" * 16


def content(reply: Reply, status: int, *names: str) -> dict[str, Any]:
    """The answer's own fields, of which there are exactly these."""
    said = reply.json
    assert (reply.status, said.pop("success")) == (status, True), reply.text
    assert isinstance(said.pop("message"), str)
    assert set(said) == set(names)
    assert "no-store" in reply.headers
    return dict(said)


async def allow(jupyter: Jupyter, **other: str) -> dict[str, Any]:
    reply = await jupyter.ask("POST", "/grants", {**GRANT, **other})
    return content(reply, 201, "notebook", "already", "replaced", "stored")


async def listed(jupyter: Jupyter) -> list[dict[str, Any]]:
    grants: list[dict[str, Any]] = content(await jupyter.ask("GET", "/grants"), 200, "grants", "fault")["grants"]
    return grants


async def state(jupyter: Jupyter, path: str, kernel: str | None = None) -> dict[str, Any]:
    reply = await jupyter.ask("POST", "/notebooks/state", {"path": path, "kernel": kernel})
    said: dict[str, Any] = content(reply, 200, "notebook")["notebook"]
    return said


@pytest.fixture
async def contents(jupyter: Jupyter) -> Contents:
    contents = Contents(jupyter)
    await contents.write("a.ipynb")
    return contents


async def test_a_notebook_is_granted_a_secret_listed_and_refused_it(
    jupyter: Jupyter, contents: Contents, home: Home
) -> None:
    assert await listed(jupyter) == []
    made = await allow(jupyter)
    notebook = made.pop("notebook")
    assert made == {"already": False, "replaced": None, "stored": "file"}
    assert (await allow(jupyter))["already"] is True
    row = {"notebook": notebook, "path": "a.ipynb", "exists": True, "vault": "local", "name": "API_KEY"}
    assert await listed(jupyter) == [row]
    assert [secret["granted"] for secret in (await state(jupyter, "a.ipynb"))["secrets"]] == [True]
    for _ in range(2):
        revoked = await jupyter.ask(
            "POST", "/grants/revoke", {"notebook": notebook, "vault": "local", "name": "API_KEY"}
        )
        assert content(revoked, 200) == {}
    assert await listed(jupyter) == []
    assert (await state(jupyter, "a.ipynb"))["secrets"] == []
    assert home.run is None, "the service has no part in it"


async def test_granting_from_another_vault_replaces_and_names_it(jupyter: Jupyter, contents: Contents) -> None:
    await allow(jupyter)
    assert (await allow(jupyter, vault="datalayer"))["replaced"] == "local"
    assert [(row["vault"], row["name"]) for row in await listed(jupyter)] == [("datalayer", "API_KEY")]


async def test_the_state_of_a_notebook_has_these_fields(jupyter: Jupyter, contents: Contents) -> None:
    made = await allow(jupyter)
    said = await state(jupyter, "a.ipynb")
    assert said == {
        "id": made["notebook"],
        "path": "a.ipynb",
        "stored": "file",
        "possible": True,
        "why": None,
        "kernel": "none",
        "redaction": True,
        "secrets": [{"vault": "local", "name": "API_KEY", "granted": True, "state": "no_kernel", "reason": None}],
    }
    assert (await state(jupyter, "not-there.ipynb"))["secrets"] == []


async def test_a_drive_in_front_of_the_path_makes_no_other_notebook(jupyter: Jupyter, contents: Contents) -> None:
    made = await allow(jupyter, path="RTC:a.ipynb")
    assert (await listed(jupyter))[0]["path"] == "a.ipynb"
    assert (await state(jupyter, "/a.ipynb"))["id"] == made["notebook"]


async def test_redaction_is_turned_off_and_on_for_one_notebook(jupyter: Jupyter, contents: Contents) -> None:
    await contents.write("b.ipynb")
    for on in (False, True):
        reply = await jupyter.ask("PUT", "/notebooks/redaction", {"path": "a.ipynb", "on": on})
        assert content(reply, 200, "notebook", "redaction")["redaction"] is on
        assert (await state(jupyter, "a.ipynb"))["redaction"] is on
        assert (await state(jupyter, "b.ipynb"))["redaction"] is True


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("missing.ipynb", 404, "not_found", "Save it first"),
        ("folder.ipynb", 404, "not_found", "Save it first"),
        ("../outside.ipynb", 404, "not_found", "Save it first"),
        ("../../etc/passwd.ipynb", 404, "not_found", "Save it first"),
        ("a.txt", 400, "invalid", ".ipynb"),
        ("", 400, "invalid", "not accepted"),
        ("a\0.ipynb", 400, "invalid", "not accepted"),
        ("x" * 5000 + ".ipynb", 400, "invalid", "not accepted"),
    ],
)
async def test_what_is_no_notebook_on_disk_is_refused_in_words(
    jupyter: Jupyter, contents: Contents, tmp_path: Path, path: str, status: int, code: str, words: str
) -> None:
    await contents.make_folder("folder.ipynb")
    (tmp_path / "outside.ipynb").write_text("{}")
    (tmp_path / "notebooks" / "a.txt").write_text("x")
    for method, route, body in [
        ("POST", "/grants", {**GRANT, "path": path}),
        ("PUT", "/notebooks/redaction", {"path": path, "on": False}),
    ]:
        reply = await jupyter.ask(method, route, body)
        assert (reply.status, reply.code) == (status, code)
        assert words in reply.json["message"]
        assert "outside" not in reply.text
        assert "xxx" not in reply.text
    assert await listed(jupyter) == []


WRONG: list[tuple[str, str, object]] = [
    ("POST", "/grants", {}),
    ("POST", "/grants", {"vault": "local", "name": "A"}),
    ("POST", "/grants", {**GRANT, "path": 7}),
    ("POST", "/grants", {**GRANT, "vault": "../local"}),
    ("POST", "/grants", {**GRANT, "vault": ""}),
    ("POST", "/grants", {**GRANT, "name": ""}),
    ("POST", "/grants", {**GRANT, "name": "x" * 256}),
    ("POST", "/grants", {**GRANT, "value": "canary"}),
    ("POST", "/grants", [GRANT]),
    ("POST", "/grants/revoke", {**GRANT}),
    ("POST", "/grants/revoke", {"notebook": "a.ipynb", "vault": "local", "name": "A"}),
    ("POST", "/grants/revoke", {"notebook": NOBODY.upper() + "A", "vault": "local", "name": "A"}),
    ("POST", "/notebooks/state", {"path": "a.ipynb"}),
    ("POST", "/notebooks/state", {"path": "a.ipynb", "kernel": "../x"}),
    ("POST", "/notebooks/state", {"path": "a.ipynb", "kernel": None, "token": "canary"}),
    ("PUT", "/notebooks/redaction", {"path": "a.ipynb", "on": "no"}),
    ("PUT", "/notebooks/redaction", {"path": "a.ipynb"}),
]


@pytest.mark.parametrize(("method", "route", "body"), WRONG)
async def test_a_body_has_exactly_its_fields(
    jupyter: Jupyter, contents: Contents, method: str, route: str, body: object
) -> None:
    reply = await jupyter.ask(method, route, body)
    assert (reply.status, reply.code) == (400, "invalid")
    assert "canary" not in reply.text + jupyter.log.text
    assert await listed(jupyter) == []


async def test_no_route_takes_a_query_or_another_kind_of_body(jupyter: Jupyter, contents: Contents) -> None:
    for path in ("/grants?path=a.ipynb", "/grants?x"):
        assert (await jupyter.ask("GET", path)).status == 400
        assert (await jupyter.ask("POST", path, GRANT)).status == 400
    reply = await jupyter.ask("POST", "/grants", GRANT, {"Content-Type": "text/plain"})
    assert reply.status == 415
    assert await listed(jupyter) == []


async def test_a_local_vault_that_is_not_allowed_is_granted_to_nobody(start: StartJupyter) -> None:
    jupyter = await start({"DatalayerSecrets": {"allow_local_vault": False}})
    await Contents(jupyter).write("a.ipynb")
    reply = await jupyter.ask("POST", "/grants", GRANT)
    assert (reply.status, reply.code) == (403, "forbidden")
    assert (await allow(jupyter, vault="datalayer"))["already"] is False


async def test_a_damaged_file_is_told_with_its_place_and_grants_hold_all_the_same(
    jupyter: Jupyter, contents: Contents, home: Home
) -> None:
    home.folder.mkdir(0o700)
    file = home.folder / "grants.json"
    file.touch(0o600)
    file.write_text("canary")
    assert (await allow(jupyter))["stored"] == "memory"
    said = content(await jupyter.ask("GET", "/grants"), 200, "grants", "fault")
    assert said["fault"] == {"code": "integrity", "details": {"path": str(file), "reason": "grants"}}
    assert [row["name"] for row in said["grants"]] == ["API_KEY"]
    assert (await state(jupyter, "a.ipynb"))["stored"] == "memory"
    assert file.read_text() == "canary"
    assert "canary" not in jupyter.log.text


async def test_what_lies_outside_of_the_root_is_listed_by_its_whole_path(
    jupyter: Jupyter, contents: Contents, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.ipynb").write_text("{}")
    (tmp_path / "notebooks" / "link.ipynb").symlink_to(outside / "far.ipynb")
    (tmp_path / "notebooks" / "folder").symlink_to(outside)
    made = await allow(jupyter, path="link.ipynb")
    assert (await listed(jupyter))[0]["path"] == str(outside / "far.ipynb")
    assert (await state(jupyter, "folder/far.ipynb"))["id"] == made["notebook"], "it is one file"
    (outside / "far.ipynb").unlink()
    assert (await listed(jupyter))[0]["exists"] is False


async def test_a_root_that_is_a_link_changes_no_path(start: StartJupyter, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    jupyter = await start({"ServerApp": {"root_dir": str(tmp_path / "root")}})
    await Contents(jupyter).write("a.ipynb")
    await allow(jupyter)
    assert [row["path"] for row in await listed(jupyter)] == ["a.ipynb"]


async def test_a_file_whose_name_is_no_unicode_does_not_stop_the_list(
    jupyter: Jupyter, contents: Contents, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    odd.mkdir()
    real = bytes(odd) + b"/\xff.ipynb"
    with open(real, "w") as file:
        file.write("{}")
    (tmp_path / "notebooks" / "link.ipynb").symlink_to(real.decode("utf-8", "surrogateescape"))
    await allow(jupyter, path="link.ipynb")
    await allow(jupyter)
    assert sorted(row["exists"] for row in await listed(jupyter)) == [True, True]


def told(page: Events) -> list[dict[str, Any]]:
    """What the page heard of notebooks, without what all events have."""
    ours = [event for event in page.heard if event.get("schema_id") == ID]
    return [{name: said for name, said in event.items() if name[:2] != "__" and name != "schema_id"} for event in ours]


async def test_every_page_is_told_of_each_grant_and_revocation(jupyter: Jupyter, contents: Contents) -> None:
    pages = [await jupyter.subscribe() for _ in range(2)]
    notebook = (await allow(jupyter))["notebook"]
    await allow(jupyter)
    await allow(jupyter, vault="datalayer")
    await jupyter.ask("POST", "/grants/revoke", {"notebook": notebook, "vault": "datalayer", "name": "API_KEY"})
    await jupyter.ask("PUT", "/notebooks/redaction", {"path": "a.ipynb", "on": False})
    about = {"notebook": notebook, "path": "a.ipynb", "name": "API_KEY"}
    for page in pages:
        await page.until(lambda event: event.get("kind") == "state")
        assert told(page) == [
            {"kind": "granted", **about, "vault": "local"},
            {"kind": "granted", **about, "vault": "datalayer", "replaced": "local"},
            {"kind": "revoked", **about, "vault": "datalayer"},
            {"kind": "state", "notebook": notebook},
        ]
        page.close()


async def test_who_grants_and_hangs_up_is_announced_all_the_same(jupyter: Jupyter, contents: Contents) -> None:
    page = await jupyter.subscribe()
    book = jupyter.extension.book()
    work = book.allow(book.notebooks.at("a.ipynb"), _grant())
    work.send(None)
    work.close()
    assert (await page.until(lambda event: event.get("kind") == "granted"))["name"] == "API_KEY"
    page.close()


def _grant() -> Any:
    from jupyterlab_datalayer_secrets.grants.grant import Grant

    return Grant("local", "API_KEY")


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "state"},
        {"kind": "state", "notebook": "a.ipynb"},
        {"kind": "state", "notebook": NOBODY, "name": "A"},
        {"kind": "granted", "notebook": NOBODY, "path": "a.ipynb", "vault": "local"},
        {"kind": "granted", "notebook": NOBODY, "path": "a.ipynb", "vault": "local", "name": "A", "value": "canary"},
        {"kind": "missing", "notebook": NOBODY, "path": "a.ipynb", "names": [], "reason": "locked"},
        {"kind": "missing", "notebook": NOBODY, "path": "a.ipynb", "names": ["A"], "reason": "It is locked."},
        {"kind": "other", "notebook": NOBODY},
    ],
)
async def test_the_schema_lets_nothing_else_pass(jupyter: Jupyter, data: dict[str, Any]) -> None:
    page = await jupyter.subscribe()
    logger = jupyter.app.event_logger
    assert logger is not None
    with pytest.raises(Exception, match="Failed validating"):
        logger.emit(schema_id=ID, data=data)
    page.close()


async def test_what_is_missing_is_told_by_name(jupyter: Jupyter, contents: Contents) -> None:
    from jupyterlab_datalayer_secrets import events

    page = await jupyter.subscribe()
    assert jupyter.app.event_logger is not None
    notebook = jupyter.extension.book().notebooks.at("a.ipynb")
    events.emit_missing(jupyter.app.event_logger, notebook, {"B", "A"}, "no_service")
    await page.until(lambda event: event.get("kind") == "missing")
    assert told(page) == [
        {"kind": "missing", "notebook": notebook.id, "path": "a.ipynb", "names": ["A", "B"], "reason": "no_service"}
    ]
    page.close()


async def test_a_grant_outlives_the_server(start: StartJupyter, home: Home) -> None:
    jupyter = await start()
    await Contents(jupyter).write("a.ipynb")
    made = await allow(jupyter)
    await jupyter.close()
    jupyter = await start()
    assert (await state(jupyter, "a.ipynb"))["id"] == made["notebook"]
    assert [row["exists"] for row in await listed(jupyter)] == [True]
    text = (home.folder / "grants.json").read_text()
    assert json.loads(text)["grants"][0].keys() == {"host", "notebook", "vault", "name"}
