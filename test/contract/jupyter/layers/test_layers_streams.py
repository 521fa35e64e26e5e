"""What a kernel prints in pieces: a value that is cut is found, and nothing is lost or comes in another order."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest
from conftest import StartJupyter
from languages import ISOLATED
from page_socket import PROTOCOLS, PageSocket, Said
from running import VALUES, run
from support.home import wait_until

from jupyterlab_datalayer_secrets.kernels import websocket

both_protocols = pytest.mark.parametrize("protocol", PROTOCOLS, ids=["v1", "legacy"])

PRINT = """
import os, sys, time
value = os.environ["PLAIN"]
def say(text, stream=None):
    print(text, end="", file=stream or sys.stdout, flush=True)
"""


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a text waits as long as it takes: no test depends on how busy the machine is."""
    monkeypatch.setattr(websocket, "HOLD", 600.0)


@both_protocols
async def test_a_value_is_found_wherever_it_is_cut(start: StartJupyter, patient: None, protocol: str) -> None:
    running = await run(start, ISOLATED)
    pieces = "for cut in range(1, len(value)): say('<' + value[:cut]); say(value[cut:] + '>')"
    singly = "for character in '<' + value + '>': say(character)"
    async with running.page(protocol) as page:
        said = await page.run(PRINT + pieces)
        assert said.text() == "<[PLAIN]>" * (len(VALUES["PLAIN"]) - 1)
        said = await page.run(PRINT + singly)
        assert said.text() == "<[PLAIN]>"


@both_protocols
async def test_what_only_began_like_a_value_comes_whole(start: StartJupyter, patient: None, protocol: str) -> None:
    running = await run(start, ISOLATED)
    begun = "for end in range(1, len(value)): say(value[:end] + '#')\nsay(value[:7])"
    async with running.page(protocol) as page:
        said = await page.run(PRINT + begun)
        value = VALUES["PLAIN"]
        assert said.text() == "".join(f"{value[:end]}#" for end in range(1, len(value))) + value[:7]
        messages = [message for message in said.messages if message["header"]["msg_type"] == "stream"]
        ids = [message["header"]["msg_id"] for message in messages]
        assert len(ids) == len({*ids}), "each message has an id of its own"


@both_protocols
async def test_the_order_is_that_of_the_kernel(start: StartJupyter, patient: None, protocol: str) -> None:
    running = await run(start, ISOLATED)
    code = """
from IPython.display import display
for turn in range(30):
    say(f"{turn} {value[:6]}")
    say(f"{turn} {value[:6]}", sys.stderr)
    display({"text/plain": f"{turn}"}, raw=True)
"""
    async with running.page(protocol) as page:
        said = await page.run(PRINT + code)
    kinds = {"stream": lambda content: (content["name"], content["text"])}
    kinds["display_data"] = lambda content: ("display", content["data"]["text/plain"])
    got = [
        kinds[message["header"]["msg_type"]](message["content"])
        for message in said.messages
        if message["header"]["msg_type"] in kinds
    ]
    joined: list[list[str]] = []
    for name, text in got:
        if joined and joined[-1][0] == name:
            joined[-1][1] += text
        else:
            joined.append([name, text])
    turns = [(str(turn), f"{turn} {VALUES['PLAIN'][:6]}") for turn in range(30)]
    assert joined == [
        [*part] for shown, text in turns for part in (("stdout", text), ("stderr", text), ("display", shown))
    ]
    last = [message["header"]["msg_type"] for message in said.messages if message["channel"] == "iopub"][-1]
    assert last == "status", "all came before the kernel was idle"


async def test_the_end_of_a_text_does_not_wait_for_more(start: StartJupyter, tmp_path: Path) -> None:
    running = await run(start, ISOLATED)
    go_on = tmp_path / "go on"
    code = f"say('Name: ' + value[:6])\nwhile not os.path.exists({str(go_on)!r}): time.sleep(0.02)"
    async with running.page() as page:
        said = Said()
        request = await ask(page, PRINT + code)
        while said.text() != f"Name: {VALUES['PLAIN'][:6]}":
            await page.hear(said)
        go_on.touch()
        await page.answers(request, said)


@both_protocols
async def test_a_page_that_comes_back_misses_nothing(
    start: StartJupyter, patient: None, tmp_path: Path, protocol: str
) -> None:
    running = await run(start, ISOLATED)
    go_on = tmp_path / "go on"
    code = f"""
say("begin " + value[:9])
while not os.path.exists({str(go_on)!r}): time.sleep(0.02)
say(value[9:] + " end")
"""
    session = uuid.uuid4().hex
    said = Said()
    async with running.page(protocol, session) as page:
        request = await ask(page, PRINT + code)
        while said.text() != "begin ":
            await page.hear(said)
        page.close()
        await asyncio.to_thread(wait_until, lambda: "Starting buffering" in running.jupyter.log.text)
    go_on.touch()

    # All of it is kept for the page: what comes just when a page comes back, Jupyter puts before what it kept.
    def kept() -> bool:
        return "status (idle)" in running.jupyter.log.text.rpartition("Starting buffering")[2]

    await asyncio.to_thread(wait_until, kept)
    async with running.page(protocol, session) as page:
        await page.answers(request, said)
    assert said.text() == "begin [PLAIN] end"


async def test_what_a_kernel_said_last_comes_before_it_is_said_to_restart(
    start: StartJupyter, patient: None, tmp_path: Path
) -> None:
    running = await run(start, ISOLATED)
    go_on = tmp_path / "go on"
    code = f"""
say("last " + value[:6])
while not os.path.exists({str(go_on)!r}): time.sleep(0.02)
os.kill(os.getpid(), 9)
"""
    async with running.page() as page:
        said = Said()
        await ask(page, PRINT + code)
        while said.text() != "last ":
            await page.hear(said)
        go_on.touch()
        while not any(content["execution_state"] == "restarting" for content in said.of("status")):
            await page.hear(said)
        assert said.text() == f"last {VALUES['PLAIN'][:6]}"

    # A server cannot end a kernel that it is just starting.
    manager = running.jupyter.app.kernel_manager.get_kernel(running.kernel.id)
    while running.jupyter.log.text.count("Starting kernel:") < 2:
        await asyncio.sleep(0.05)
    await manager.ready


async def ask(page: PageSocket, code: str) -> str:
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
    return await page.ask("execute_request", content)
