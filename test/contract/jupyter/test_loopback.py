"""The way to the service: who is spoken to, and what is sent how often."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from support.fake_service import EVENTS, TOKEN, Answer, FakeService, json_answer
from support.server import free_port

from jupyterlab_datalayer_secrets import loopback, service
from jupyterlab_datalayer_secrets.call import Call
from jupyterlab_datalayer_secrets.ensure import Answer as Ensured
from jupyterlab_datalayer_secrets.ensure import NotRunning, Running, Scope
from jupyterlab_datalayer_secrets.errors import SecretsError
from jupyterlab_datalayer_secrets.loopback import client_id, hello_proof
from jupyterlab_datalayer_secrets.service import LocalService

CHANGES = "/api/vault/v1/changes"
STATUS = Call("GET", "/api/vault/v1/status")
CREATE = Call("POST", "/vaults/local/api/iam/v1/secrets", b'{"value":"canary-value"}')
OK = json_answer(200, {"success": True, "message": "Fine."})


class Listener:
    def __init__(self) -> None:
        self.heard: list[object] = []
        self.told = asyncio.Event()

    def changed(self, vault: str, revision: int) -> None:
        self.heard.append((vault, revision))
        self.told.set()

    def lost(self) -> None:
        self.heard.append("lost")
        self.told.set()

    async def hears(self, *heard: object) -> None:
        while self.heard != list(heard):
            await asyncio.wait_for(self.told.wait(), 30)
            self.told.clear()


class Ensure:
    """Names these services one after the other; the last one for good."""

    def __init__(self, *answers: Ensured) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[bool, str]] = []

    async def __call__(self, *, start: bool, scope: Scope = "page") -> Ensured:
        self.asked.append((start, scope))
        await asyncio.sleep(0)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def running(port: int, token: str = TOKEN) -> Running:
    return Running("open", port, token, "1.0.0")


def answering(answers: dict[str, bytes | None] | None = None, default: bytes | None = OK) -> Answer:
    """A stream that stays open and says nothing, and these answers by path."""
    given = {CHANGES: EVENTS.encode(), **(answers or {})}
    return lambda _, path: given.get(path, default)


Find = Callable[..., LocalService]


@pytest.fixture
async def find() -> AsyncIterator[Find]:
    """A LocalService that asks this `ensure`."""
    made: list[LocalService] = []

    def find(ensure: Ensure, listener: Listener | None = None) -> LocalService:
        made.append(LocalService(ensure, listener or Listener(), logging.getLogger("test")))
        return made[-1]

    yield find
    for one in made:
        await one.close()


async def kind_of(service: LocalService, call: Call) -> tuple[str, dict[str, object]]:
    with pytest.raises(SecretsError) as caught:
        await service.ask(call)
    return caught.value.kind, dict(caught.value.details)


def test_the_proof_is_that_of_the_service() -> None:
    # Made with shared/src/hello.ts.
    assert client_id("token") == "EDo_Vw6ZDFNj1m1R7z2bw0"
    proof = "ca0cefdba53d12e7bacf949b8ac7e17e7c1cf52ae22d5e334633becf9e74520d"
    assert hello_proof("token", "nonce-nonce-nonce", 4711, 42) == proof


async def test_a_connection_is_proved_once_and_kept(find: Find) -> None:
    with FakeService(answering()) as fake:
        local = find(Ensure(running(fake.port)))
        for _ in range(5):
            await local.ask(STATUS)
        assert fake.of("GET", STATUS.path) == 5
        assert fake.hellos == 2, "one for requests, one for the stream"
        assert f"authorization: Bearer {TOKEN}" in fake.requests[-1]


async def test_ensure_is_asked_once_for_all_who_ask_at_a_time(find: Find) -> None:
    with FakeService(answering()) as fake:
        ensure = Ensure(running(fake.port))
        local = find(ensure)
        await asyncio.gather(*(local.ask(STATUS) for _ in range(12)))
        assert ensure.asked == [(False, "page")]
        assert fake.of("GET", STATUS.path) == 12


async def test_who_wants_it_started_does_not_take_none_for_an_answer(find: Find) -> None:
    with FakeService(answering({STATUS.path: status_answer("new")})) as fake:
        ensure = Ensure(NotRunning(False, False), running(fake.port))
        local = find(ensure)
        looked, started = await asyncio.gather(local.look(start=False), local.look(start=True))
        assert (looked["state"], started["state"]) == ("none", "new")
        assert ensure.asked == [(False, "page"), (True, "page")]


def status_answer(state: str) -> bytes:
    status = {
        "version": "1.0.0",
        "protocol": 1,
        "host": "here",
        "pid": 1,
        "state": state,
        "slots": [],
        "openedBy": None,
        "keychain": "available",
        "quietUnlock": False,
    }
    return json_answer(200, {"success": True, "status": status})


@pytest.mark.parametrize("refusal", [401, 421])
async def test_a_service_that_does_not_know_us_is_left_for_the_one_that_runs_now(find: Find, refusal: int) -> None:
    refused = json_answer(refusal, {"success": False, "code": "unauthenticated"})
    with FakeService(answering(default=refused)) as old, FakeService(answering()) as new:
        ensure = Ensure(running(old.port), running(new.port))
        local = find(ensure)
        await local.ask(CREATE)
        assert (old.of("POST", CREATE.path), new.of("POST", CREATE.path)) == (1, 1)
        assert ensure.asked == [(False, "page")] * 2


async def test_a_401_about_a_remote_sign_in_is_told_and_nothing_is_asked_again(find: Find) -> None:
    refused = json_answer(401, {"success": False, "code": "unauthenticated", "details": {"host": "far.example"}})
    with FakeService(answering({CREATE.path: refused})) as fake:
        ensure = Ensure(running(fake.port))
        assert await kind_of(find(ensure), CREATE) == ("unauthenticated", {"host": "far.example"})
        assert fake.of("POST", CREATE.path) == 1
        assert len(ensure.asked) == 1


async def test_a_change_that_may_have_been_made_is_never_sent_again(find: Find) -> None:
    with FakeService(answering({CREATE.path: None})) as fake:
        local = find(Ensure(running(fake.port)))
        assert await kind_of(local, CREATE) == ("offline", {"reason": "unfinished"})
        assert fake.of("POST", CREATE.path) == 1


async def test_a_change_that_is_not_answered_in_time_may_have_been_made(find: Find) -> None:
    with FakeService(answering({CREATE.path: b"HTTP/1.1 200 OK\r\n"})) as fake:
        local = find(Ensure(running(fake.port)))
        slow = Call("POST", CREATE.path, CREATE.body, timeout=0.2)
        assert await kind_of(local, slow) == ("timeout", {"reason": "unfinished"})
        assert fake.of("POST", CREATE.path) == 1


async def test_reading_is_tried_once_more_where_a_kept_connection_broke(find: Find) -> None:
    answers = iter([OK, None, OK])

    def answer(_: str, path: str) -> bytes | None:
        return next(answers) if path == STATUS.path else EVENTS.encode()

    with FakeService(answer) as fake:
        local = find(Ensure(running(fake.port)))
        await local.ask(STATUS)
        await local.ask(STATUS)
        assert fake.of("GET", STATUS.path) == 3


async def test_a_service_that_is_gone_is_looked_for_once_and_then_there_is_none(find: Find) -> None:
    with FakeService(answering()) as fake:
        ensure = Ensure(running(fake.port), NotRunning(True, False))
        local = find(ensure)
        await local.ask(STATUS)
    assert await kind_of(local, CREATE) == ("no_service", {})
    assert ensure.asked == [(False, "page")] * 2
    closed = Ensure(running(free_port()))
    assert await kind_of(find(closed), STATUS) == ("no_service", {})
    assert len(closed.asked) == 2


async def test_a_change_under_way_is_not_ended_by_what_another_request_found(find: Find) -> None:
    arrived, go = threading.Event(), threading.Event()

    def answer(_: str, path: str) -> bytes:
        if path == CREATE.path:
            arrived.set()
            go.wait(30)
            return OK
        return EVENTS.encode() if path == CHANGES else json_answer(421, {"success": False})

    with FakeService(answer) as old, FakeService(answering()) as new:
        local = find(Ensure(running(old.port), running(new.port)))
        creating = asyncio.ensure_future(local.ask(CREATE))
        await asyncio.to_thread(arrived.wait, 30)
        await local.ask(STATUS)
        go.set()
        assert (await creating)["success"] is True
        assert (old.of("POST", CREATE.path), new.of("POST", CREATE.path)) == (1, 0)


async def test_a_stranger_that_lets_its_answer_drip_is_not_waited_for(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "CONNECT_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip(one: socket.socket) -> None:
            with one, suppress(OSError):
                one.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 8000\r\n\r\n")
                while not over.wait(0.05):
                    one.sendall(b" ")

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()

        over = threading.Event()
        threading.Thread(target=serve, daemon=True).start()
        local = find(Ensure(running(int(server.getsockname()[1])), NotRunning(True, False)))
        assert await asyncio.wait_for(kind_of(local, CREATE), 30) == ("no_service", {})
        over.set()
        server.shutdown(socket.SHUT_RDWR)


async def test_a_squatter_gets_neither_token_nor_value(find: Find) -> None:
    with FakeService(answering(), token="another token") as squatter:
        ensure = Ensure(running(squatter.port), NotRunning(True, False))
        assert await kind_of(find(ensure), CREATE) == ("no_service", {})
        assert squatter.hellos > 0
        assert squatter.requests == []


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n" + b"[" * 9000,
        b"",
    ],
)
async def test_whatever_else_listens_is_told_a_nonce_only(find: Find, said: bytes) -> None:
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                with one:
                    got.append(one.recv(65_536))
                    one.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        local = find(Ensure(running(int(server.getsockname()[1])), NotRunning(True, False)))
        assert await kind_of(local, CREATE) == ("no_service", {})
        server.shutdown(socket.SHUT_RDWR)
    spoken = [one for one in got if one]  # a connection may also be given up before a word
    assert spoken
    assert all(one.startswith(b"GET /hello?nonce=") for one in spoken)
    assert b"canary" not in b"".join(got)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer(302, {}, "location: http://127.0.0.1:1/canary\r\n"), "redirect"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncanary", "protocol"),
        (b"HTTP/1.1 500 OK\r\ncontent-length: 6\r\n\r\ncanary", "protocol"),
        (json_answer(200, ["canary"]), "protocol"),
        (json_answer(200, {"success": False, "message": "canary"}), "protocol"),
        (json_answer(200, {"message": "canary"}), "protocol"),
        (json_answer(418, {"code": "canary", "message": "canary"}), "unexpected"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + b"x" * 2_000_000, "protocol"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_none(find: Find, answer: bytes, kind: str) -> None:
    with FakeService(answering(default=answer)) as fake:
        local = find(Ensure(running(fake.port)))
        with pytest.raises(SecretsError) as caught:
            await local.ask(CREATE)
        assert caught.value.kind == kind
        assert "canary" not in repr(caught.value) + json.dumps(dict(caught.value.details))
        assert fake.of("POST", CREATE.path) == 1


async def test_a_request_that_nobody_waits_for_any_more_is_ended(find: Find) -> None:
    arrived, left = threading.Event(), threading.Event()

    def answer(_: str, path: str) -> bytes | None:
        if path == CHANGES:
            return EVENTS.encode()
        arrived.set()
        left.wait(30)
        return OK

    with FakeService(answer) as fake:
        local = find(Ensure(running(fake.port)))
        asking = asyncio.ensure_future(local.ask(Call("POST", "/api/vault/v1/unlock", b"{}", timeout=150)))
        await asyncio.to_thread(arrived.wait, 30)
        threads = {thread for thread in threading.enumerate() if thread.name == "datalayer-secrets"}
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        for thread in threads:
            await asyncio.to_thread(thread.join, 30)
            assert not thread.is_alive()
        left.set()


async def test_changes_are_heard_from_the_first_use_and_their_end_once(find: Find) -> None:
    lines = b'data: {"vault":"local","revision":1}\n\n: still here\n\ndata: {"vault":"canary !","revision":1}\n\n'
    more = b'data: {"vault":"datalayer","revision":7}\n\ndata: nonsense\n\ndata: {"vault":"local","revision":"1"}\n\n'
    listener = Listener()
    with FakeService(answering({CHANGES: EVENTS.encode() + lines + more})) as fake:
        local = find(Ensure(running(fake.port), NotRunning(True, False)), listener)
        await local.ask(STATUS)
        await listener.hears(("local", 1), ("datalayer", 7))
        assert fake.of("GET", CHANGES) == 1
    # The fake has hung up.
    await listener.hears(("local", 1), ("datalayer", 7), "lost")


async def test_a_stream_that_ends_at_once_is_not_asked_for_in_a_storm(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LISTEN_AGAIN", 0.2)
    ended = f"{EVENTS.rstrip()}\r\ncontent-length: 0\r\n\r\n".encode()
    listener = Listener()
    with FakeService(answering({CHANGES: ended})) as fake:
        local = find(Ensure(running(fake.port)), listener)
        for _ in range(30):
            await local.ask(STATUS)
        await listener.hears("lost", "lost", "lost")
        assert fake.of("GET", CHANGES) == 3


async def test_the_end_says_goodbye_and_leaves_no_thread_and_no_connection(find: Find) -> None:
    before = {thread.name for thread in threading.enumerate()}
    with FakeService(answering()) as fake:
        local = find(Ensure(running(fake.port)))
        await local.ask(STATUS)
        await local.close()
        assert fake.of("POST", "/api/vault/v1/leave") == 1
        for thread in threading.enumerate():
            if thread.name.startswith("datalayer-secrets"):
                await asyncio.to_thread(thread.join, 30)
        assert {thread.name for thread in threading.enumerate() if thread.name.startswith("datalayer")} <= before
        with pytest.raises(SecretsError) as caught:
            await local.ask(STATUS)
        assert caught.value.kind == "cancelled"


async def test_a_token_that_may_name_places_is_made_for_one_request(find: Find) -> None:
    with FakeService(answering()) as pages, FakeService(answering(), token="canary-full") as full:
        ensure = Ensure(running(pages.port), running(full.port, "canary-full"))
        local = find(ensure)
        await local.ask_in_full(CREATE)
        await local.ask(STATUS)
        assert ensure.asked == [(False, "page"), (False, "full")]
        assert full.of("POST", CREATE.path) == 1
        assert "canary-full" not in "".join(pages.requests)
        assert "canary-full" not in repr(vars(local))
