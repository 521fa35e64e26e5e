"""What passes the lists of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from jupyterlab_datalayer_secrets import fields
from jupyterlab_datalayer_secrets.errors import SecretsError

SECRET = {"uid": "uid-A", "name_s": "A", "description_t": "d", "variant_s": "token"}
VAULT = {
    "id": "datalayer",
    "kind": "datalayer",
    "label": "Datalayer",
    "origin": "https://far.example",
    "state": "ready",
    "account": {"uid": "u", "handle": "ada", "email": None},
    "tokenPlace": "sealed",
    "failure": None,
    "revision": 3,
}


def records() -> Iterator[tuple[str, fields.Record]]:
    for name, found in vars(fields).items():
        if isinstance(found, fields.Record):
            yield name, found


def names(record: fields.Record) -> Iterator[str]:
    for name, reader in record.fields.items():
        yield name
        if isinstance(reader, fields.Record):
            yield from names(reader)


@pytest.mark.parametrize(("_", "record"), records())
def test_no_field_of_any_answer_has_a_name_with_value_in_it(_: str, record: fields.Record) -> None:
    assert not [name for name in names(record) if "value" in name.lower()]
    assert not [name for name in names(record) if name.lower() in ("token", "passphrase", "key", "origin_token")]


@pytest.mark.parametrize(("_", "record"), records())
def test_what_is_not_on_the_list_is_dropped_on_every_level(_: str, record: fields.Record) -> None:
    def canaries(record: fields.Record) -> dict[str, object]:
        """Canaries under names that are not on the list, and of types that none of its fields has."""
        known = {name: {"canary": "canary"} for name in record.fields}
        return {**known, "value": "canary", "extra": {"value_s": "canary"}, "message": "canary"}

    try:
        kept = record(canaries(record))
    except fields.Unfit:
        kept = {}
    assert "canary" not in json.dumps(kept)


def test_a_secret_passes_whole_and_its_value_does_not() -> None:
    assert (
        fields.SECRET({**SECRET, "value_s": "canary", "kwargs": {"a": "canary"}, "creation_ts_dt": "canary"}) == SECRET
    )


@pytest.mark.parametrize("time", ["2026-11-24T11:23:49.341Z", "2026-11-24 11:23:49+00:00", "2026-11-24T11:23:49"])
def test_a_time_passes_as_services_write_it(time: str) -> None:
    assert fields.SECRET({**SECRET, "creation_ts_dt": time})["creation_ts_dt"] == time


@pytest.mark.parametrize("secret", [{}, {"uid": "a/b", "name_s": "A"}, {"uid": "..", "name_s": ["canary"]}])
def test_a_secret_that_cannot_be_addressed_is_still_counted(secret: dict[str, object]) -> None:
    listed = fields.SECRETS.of({"secrets": [SECRET, secret, "canary"]})
    items = listed["secrets"]
    assert isinstance(items, list)
    assert len(items) == 2
    assert "uid" not in items[1]


def test_a_vault_passes_whole() -> None:
    assert fields.VAULT({**VAULT, "token": "canary"}) == VAULT
    assert fields.VAULT({**VAULT, "damaged": 2})["damaged"] == 2


def test_what_is_not_known_of_a_vault_is_null() -> None:
    odd = fields.VAULT({**VAULT, "failure": "canary", "tokenPlace": 7, "origin": None, "account": {"uid": 1}})
    assert [odd[name] for name in ("failure", "tokenPlace", "origin", "account")] == [None] * 4


def test_why_no_key_opens_a_vault_passes_as_errors_do() -> None:
    status = {
        "version": "1",
        "protocol": 1,
        "host": "here",
        "pid": 1,
        "state": "locked",
        "slots": ["file"],
        "openedBy": None,
        "keychain": "available",
        "quietUnlock": False,
    }
    fault = {"code": "integrity", "details": {"reason": "vault-file", "name": "vault.json", "value": "canary"}}
    told = fields.STATUS.of({"status": {**status, "failure": fault}})["status"]
    passed = {"code": "integrity", "details": {"reason": "vault-file", "name": "vault.json"}}
    assert told == {**status, "failure": passed}
    unknown = fields.STATUS.of({"status": {**status, "failure": {"code": "canary", "details": {}}}})["status"]
    assert unknown == status


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (fields.STATUS, {"success": True}),
        (fields.STATUS, {"status": {"state": "open"}}),
        (fields.VAULTS, {"vaults": {}}),
        (fields.SECRETS, {"secrets": "canary"}),
        (fields.CHANGED, {"secret": ["canary"]}),
        (fields.SIGN_IN, {"vault": None, "account": None}),
    ],
)
def test_an_answer_without_what_it_is_about_makes_no_sense(record: fields.Record, said: object) -> None:
    with pytest.raises(SecretsError) as caught:
        record.of(said)
    assert caught.value.kind == "protocol"
