"""Messages of kernels that do not clean them, as they reach a page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from conftest import StartJupyter
from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from languages import BASH, ISOLATED, LANGUAGES, Language, demand
from page_socket import PROTOCOLS, Said
from running import CANARY, VALUES, Running, run
from support.kernels import write_notebook

both_protocols = pytest.mark.parametrize("protocol", PROTOCOLS, ids=["v1", "legacy"])
all_languages = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


@all_languages
@both_protocols
async def test_a_value_that_is_printed_is_its_name(start: StartJupyter, language: Language, protocol: str) -> None:
    running = await run(start, language)
    async with running.page(protocol) as page:
        for name in (*VALUES, "DATALAYER_SECRETS_TOKEN"):
            said = await page.run(language.printing.replace("{}", name))
            assert said.text().strip() == f"[{name}]"


@all_languages
@both_protocols
async def test_no_way_to_show_it_shows_it(start: StartJupyter, language: Language, protocol: str) -> None:
    running = await run(start, language)
    capability = running.kernel.capability.encode()
    async with running.page(protocol) as page:
        for code in (*language.showing, language.in_a_program):
            for name in VALUES:
                said = await page.run(code.replace("{}", name))
                leaks = [message["content"] for message in said.messages if is_in(CANARY, message)]
                assert leaks == [], (name, code)
                assert capability not in said.raw, code
                assert name != "PLAIN" or is_in("[PLAIN]", said.messages), (code, said.messages)


def is_in(text: str, what: object) -> bool:
    return text in json.dumps(what, ensure_ascii=False, default=str)


@all_languages
async def test_what_it_prints_arrives_whole_and_in_order(start: StartJupyter, language: Language) -> None:
    running = await run(start, language)
    async with running.page() as page:
        said = await page.run(language.lines)
        assert said.text().split() == [str(line) for line in range(1, language.count + 1)]


async def test_headers_stay_as_they_were_and_messages_are_signed(start: StartJupyter) -> None:
    running = await run(start, ISOLATED)
    heard: list[dict[str, Any]] = []
    async with running.page() as page:
        client = running.kernel.manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        said = await page.run("import os; os.environ['PLAIN']")
        while not any(message["msg_type"] == "execute_result" for message in heard):
            heard.append(await client.get_iopub_msg(timeout=120))
        client.stop_channels()
    sent = next(message for message in heard if message["msg_type"] == "execute_result")
    got = next(message for message in said.messages if message["header"]["msg_type"] == "execute_result")
    assert got["header"]["msg_id"] == sent["header"]["msg_id"]
    assert got["parent_header"]["msg_id"] == sent["parent_header"]["msg_id"]
    assert (sent["content"]["data"]["text/plain"], got["content"]["data"]["text/plain"]) == (
        repr(VALUES["PLAIN"]),
        "'[PLAIN]'",
    )
    # The old protocol takes no message whose signature is wrong.
    assert not re.search("Invalid Signature|Malformed", running.jupyter.log.text)


async def test_values_in_comms_buffers_metadata_and_questions_are_their_names(start: StartJupyter) -> None:
    running = await run(start, ISOLATED)
    code = """
import os
from ipykernel.comm import Comm
from IPython.display import display
value = os.environ["PLAIN"]
comm = Comm("nobody", data={"state": [value]}, metadata={"a": value}, buffers=[b"<" + value.encode() + b">"])
display({"text/plain": "x"}, raw=True, metadata={"text/plain": {"a": value}})
answer = input(value)
"""
    async with running.page() as page:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True}
        request = await page.ask("execute_request", content)
        said = Said()
        while (message := await page.hear(said))["header"]["msg_type"] != "input_request":
            pass
        assert message["content"]["prompt"] == "[PLAIN]"
        await page.ask("input_reply", {"value": "yes"}, "stdin")
        await page.answers(request, said)
        comm = next(message for message in said.messages if message["header"]["msg_type"] == "comm_open")
        assert comm["content"]["data"] == {"state": ["[PLAIN]"]}
        assert comm["metadata"]["a"] == "[PLAIN]"
        assert [bytes(buffer) for buffer in comm["buffers"]] == [b"<[PLAIN]>"]
        assert said.of("display_data")[0]["metadata"] == {"text/plain": {"a": "[PLAIN]"}}
        # What is asked for beside the cells: on the shell, and on the control channel.
        for channel in ("shell", "control"):
            asked = {"code": "value", "cursor_pos": 5, "detail_level": 0}
            await page.answers(await page.ask("inspect_request", asked, channel), said) if channel == "shell" else None
        assert not is_in(CANARY, said.messages)


async def test_values_that_are_words_of_the_protocol_break_no_message(start: StartJupyter) -> None:
    running = await run(start, ISOLATED)
    values = {"A": "stdout", "B": "execution_count", "C": "text/plain", "D": '", "te', "E": "status", "F": "123456"}
    for name, value in values.items():
        await running.jupyter.create(name, value)
    await running.notebook.allow(*values)
    await running.kernel.restart()
    async with running.page() as page:
        said = await page.run("import os; print(*[os.environ[name] for name in 'ABCDEF'])")
        assert said.text() == "[A] [B] [C] [D] [E] [F]\n"
        said = await page.run("os.environ['F']")
        assert said.of("execute_result")[0]["data"] == {"text/plain": "'[F]'"}
        assert said.of("execute_reply")[0]["status"] == "ok"
        said = await page.run('display({"application/json": [123456, 0.123456, 7]}, raw=True)')
        assert said.of("display_data")[0]["data"]["application/json"] == ["[F]", 0.123456, 7]


async def test_it_holds_after_a_restart_for_what_was_before_too(start: StartJupyter) -> None:
    running = await run(start, BASH)
    before = running.kernel.capability
    async with running.page() as page:
        await running.kernel.restart()
        after = running.kernel.capability
        assert before != after
        said = await page.run(f"echo {before} {after} $PLAIN")
        assert said.text() == "[DATALAYER_SECRETS_TOKEN] [DATALAYER_SECRETS_TOKEN] [PLAIN]\n"


async def test_the_messages_of_a_kernel_that_cleans_them_itself_are_left_alone(start: StartJupyter) -> None:
    running = await run(start, BASH)
    async with running.page() as page:
        reply = await running.kernel.ask("/variables", {"Datalayer-Secrets-Redacts": "1"})
        assert reply.status == 200
        assert (await page.run("echo $PLAIN")).text() == VALUES["PLAIN"] + "\n"


async def test_a_user_can_turn_it_off_for_a_notebook(start: StartJupyter) -> None:
    running = await run(start, BASH)

    async def turn(on: bool) -> None:
        reply = await running.jupyter.ask("PUT", "/notebooks/redaction", {"path": running.notebook.path, "on": on})
        assert reply.status == 200, reply.text

    async with running.page() as page:
        await turn(False)
        assert (await page.run("echo $PLAIN")).text() == VALUES["PLAIN"] + "\n"
        await turn(True)
        assert (await page.run("echo $PLAIN")).text() == "[PLAIN]\n"


async def test_a_kernel_of_another_notebook_is_not_cleaned_of_what_only_this_one_has(start: StartJupyter) -> None:
    running = await run(start, BASH)
    other = await write_notebook(running.jupyter, "b.ipynb")
    kernel = await other.open(BASH.name)
    async with Running(running.jupyter, other, kernel).page() as page:
        assert (await page.run(f"echo {VALUES['PLAIN']}")).text() == VALUES["PLAIN"] + "\n"


class Own(ZMQChannelsWebsocketConnection):
    """What somebody configured."""

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        self.log.info("own class: %s", b"canary" in b"".join(outgoing_msg))
        super().handle_outgoing_message(stream, outgoing_msg)


async def test_a_class_that_somebody_configured_keeps_its_part_and_gets_clean_messages(start: StartJupyter) -> None:
    demand(BASH)
    jupyter = await start({"ServerApp": {"kernel_websocket_connection_class": f"{__name__}.Own"}})
    await jupyter.set_up()
    await jupyter.create("PLAIN", VALUES["PLAIN"])
    notebook = await write_notebook(jupyter, "a.ipynb")
    await notebook.allow("PLAIN")
    kernel = await notebook.open(BASH.name)
    async with Running(jupyter, notebook, kernel).page() as page:
        assert (await page.run("echo $PLAIN")).text() == "[PLAIN]\n"
    assert "own class: False" in jupyter.log.text
    assert "own class: True" not in jupyter.log.text


async def test_connections_to_a_gateway_are_left_as_they_are(start: StartJupyter) -> None:
    jupyter = await start({"ServerApp": {"kernel_websocket_connection_class": GatewayWebSocketConnection}})
    jupyter.extension.kernels()
    assert jupyter.app.web_app.settings["kernel_websocket_connection_class"] is GatewayWebSocketConnection
