"""No form of a value is in what an ipykernel sends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import AWKWARD, DIGITS, PEM, RAISED, SHOWN, TOKEN, VALUES
from running_kernel import RunningKernel, Said, leaks
from small_agent import SmallAgent


@pytest.fixture(scope="module")
def granted() -> Iterator[SmallAgent]:
    """A server that gives a kernel all values of the corpus."""
    with SmallAgent() as agent:
        agent.variables = {**VALUES}
        yield agent


@pytest.fixture(scope="module")
def started(
    granted: SmallAgent, ipykernel: Path | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKernel]:
    with RunningKernel(tmp_path_factory.mktemp("kernel"), granted.environment, packages=ipykernel) as kernel:
        version = kernel.value("__import__('ipykernel').__version__")
        assert version.startswith("6." if ipykernel else "7."), "the release that this test is about"
        yield kernel


@pytest.fixture
def kernel(started: RunningKernel) -> RunningKernel:
    started.raw.clear()
    return started


def show(kernel: RunningKernel, code: str, name: str) -> Said:
    said = kernel.run(f"import os; v = os.environ['{name}']")
    assert said.error == ""
    return kernel.run(code.replace("NAME", name))


def demand_clean(kernel: RunningKernel) -> None:
    """Nothing of the corpus, and no line of the key."""
    texts = "".join(json.dumps(json.loads(part)) for part in kernel.raw)
    assert {name: found for name, value in VALUES.items() if (found := leaks(value, kernel.raw))} == {}
    assert [line for line in PEM.split("\n")[1:-2] if line in texts] == []


@pytest.mark.parametrize("code", SHOWN.values(), ids=SHOWN)
def test_a_value_is_shown_by_its_name_only(kernel: RunningKernel, code: str) -> None:
    for name in VALUES:
        said = show(kernel, code, name)
        assert said.error == ""
        if not any(f"[{name}]".encode() in part for part in kernel.raw):
            kernel.until_streamed(said, f"[{name}]")
    demand_clean(kernel)


@pytest.mark.parametrize("code", RAISED.values(), ids=RAISED)
def test_a_value_in_an_error_is_shown_by_its_name_only(kernel: RunningKernel, code: str) -> None:
    for name in VALUES:
        said = show(kernel, code, name)
        kernel.run("%xmode Context")
        assert said.error != ""
        if "Verbose" not in code or len(VALUES[name]) < 100:  # IPython shows no more than both ends of longer ones
            assert any(f"[{name}]".encode() in part for part in kernel.raw)
    demand_clean(kernel)


def test_a_value_in_the_reply_to_an_inspection_is_shown_by_its_name_only(kernel: RunningKernel) -> None:
    for name in VALUES:
        show(kernel, "", name)
        said = kernel.ask("inspect_request", {"code": "v", "cursor_pos": 1, "detail_level": 1})
        assert f"[{name}]" in json.dumps(said.reply["content"])
        said = kernel.run("", user_expressions={"a": "v"})
        assert f"[{name}]" in json.dumps(said.reply["content"])
    demand_clean(kernel)


def test_what_the_kernel_reads_secrets_with_is_hidden_too(kernel: RunningKernel, granted: SmallAgent) -> None:
    said = kernel.run("!cat /proc/$PPID/environ | tr '\\0' '\\n' | grep DATALAYER_SECRETS")
    assert "DATALAYER_SECRETS_TOKEN=[DATALAYER_SECRETS_TOKEN]" in said.streamed()
    said = kernel.run("import gc; [x for x in gc.get_objects() if type(x).__name__ == '_Agent'][0].__dict__")
    assert "'_capability': '[DATALAYER_SECRETS_TOKEN]'" in said.result
    assert leaks(granted.capability, kernel.raw) == []


FLUSHING = """
import os, sys, threading, time
over = threading.Event()
def flush():
    while not over.is_set():
        sys.stdout.flush()
        time.sleep(0.004)  # a client can be at most 1,000 messages behind
thread = threading.Thread(target=flush)
thread.start()
"""


@pytest.mark.parametrize("name", ["TOKEN", "AWKWARD"])
def test_a_value_is_found_wherever_in_a_thousand_bytes_it_is_cut(kernel: RunningKernel, name: str) -> None:
    """ipykernel reads what a subprocess prints in pieces of 1,000 bytes, and sends each by itself where it can."""
    size = len(VALUES[name].encode())
    said = kernel.run(f"{FLUSHING}v = os.environb[b'{name}']")
    assert said.error == ""
    said = kernel.run(
        f"for at in range(1000):\n    os.write(1, b'.' * at + v + b'.' * ({2000 - size} - at))\n"
        "    time.sleep(0.0005)\nos.write(1, b'end')\nover.set(); thread.join()"
    )
    assert said.error == ""
    kernel.until_streamed(said, "end")
    text = said.streamed()
    assert text.count(f"[{name}]") == 1000
    assert text.count(".") == 1000 * (2000 - size), "nothing is lost, and nothing comes twice"
    assert len(said.of("stream")) > 20, "it did come in pieces"
    demand_clean(kernel)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_found_wherever_a_flush_cuts_it(kernel: RunningKernel, name: str) -> None:
    said = show(
        kernel,
        "for at in range(1, len(v)):\n    print(v[:at], end='', flush=True)\n    print(v[at:], end='|', flush=True)",
        name,
    )
    assert said.streamed().count(f"[{name}]|") == len(VALUES[name]) - 1
    demand_clean(kernel)


def test_a_value_that_two_reads_of_a_subprocess_bring_is_found(kernel: RunningKernel) -> None:
    program = "import os, time; v = os.environb[b'TOKEN']; os.write(1, v[:9]); time.sleep(0.1); os.write(1, v[9:])"
    kernel.run("import subprocess, sys")
    said = kernel.run(f'subprocess.run([sys.executable, "-c", "{program}"])')
    kernel.until_streamed(said, "[TOKEN]")
    kernel.run(f'!{{sys.executable}} -c "{program}"')
    demand_clean(kernel)


def test_what_begins_like_a_value_is_shown_whole_and_in_its_place(kernel: RunningKernel) -> None:
    start = TOKEN[:9]
    said = kernel.run(
        f"from IPython.display import display\nprint('{start}', end=''); display(1); print('{start}', end='')"
    )
    shown = [message["content"] for message in said.messages if message["msg_type"] in ("stream", "display_data")]
    assert [content.get("text", "display") for content in shown] == [start, "display", start]
    said = kernel.run(f"import time; print('{start}', end=''); time.sleep(1.5)")
    stream = said.of("stream")[0]
    late = said.reply["header"]["date"] - stream["header"]["date"]
    assert late.total_seconds() > 0.5, "without waiting for the end of the cell"
    said = kernel.run(f"name = input('{start}')", allow_stdin=False)
    assert "StdinNotImplementedError" in said.error
    said = kernel.run(f"import sys; print('{start}', end='', file=sys.stderr); 1/0")
    assert [m["msg_type"] for m in said.messages if m["msg_type"] in ("stream", "error")] == ["stream", "error"]


def test_a_number_that_is_a_value_leaves_a_message_that_can_be_read(kernel: RunningKernel) -> None:
    said = kernel.run(f"display({{'application/json': {{'a': [{DIGITS}, {DIGITS}.5, 1], 'b': True}}}}, raw=True)")
    data = said.of("display_data")[0]["content"]["data"]["application/json"]
    assert data["a"][0] == "[DIGITS]"
    assert data["a"][2] == 1
    demand_clean(kernel)


def test_a_value_that_the_program_takes_apart_is_not_found(kernel: RunningKernel) -> None:
    """The limit that the documentation tells."""
    said = show(kernel, "print(*v); print(v[::-1])", "TOKEN")
    assert " ".join(TOKEN) in said.streamed()
    assert TOKEN[::-1] in said.streamed()


def test_text_that_is_close_to_a_value_stays(kernel: RunningKernel) -> None:
    said = kernel.run(f"print('{TOKEN[:-1]}'); print({AWKWARD[:-1]!r}); print('-----BEGIN PRIVATE KEY-----')")
    assert said.streamed().splitlines() == [TOKEN[:-1], AWKWARD[:-1], "-----BEGIN PRIVATE KEY-----"]


def test_what_is_held_at_a_fork_is_sent_once(kernel: RunningKernel) -> None:
    said = kernel.run(
        f"import os, sys\nprint('{TOKEN[:9]}', end='', flush=True)\npid = os.fork()\n"
        "if pid == 0:\n    print('child'); sys.stdout.flush(); os._exit(0)\nos.waitpid(pid, 0); print('parent')"
    )
    kernel.until_streamed(said, "child")
    assert said.streamed().count(TOKEN[:9]) == 1
    assert said.streamed().count("child") == said.streamed().count("parent") == 1


def test_a_value_that_the_end_of_a_cell_cuts_is_found(kernel: RunningKernel) -> None:
    """What a subprocess printed last may still be on its way then."""
    kernel.run("import os; v = os.environb[b'TOKEN']; text = b'.' * 991 + v")
    for _ in range(40):
        kernel.run("os.write(1, text)")
    kernel.until_streamed(kernel.run("os.write(1, b'end')"), "end")
    demand_clean(kernel)
