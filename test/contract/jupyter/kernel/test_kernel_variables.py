"""What a notebook may use is in its environment from the next cell on, and gone from it when that ends."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path

import pytest
from running_kernel import RunningKernel, leaks
from small_agent import SmallAgent


@pytest.fixture
def canary() -> str:
    """A value that no other test has: the kernel is theirs too, and hides what it ever had."""
    return f"canary-{uuid.uuid4().hex}"


def variables(kernel: RunningKernel, *names: str) -> list[str | None]:
    """Their values, which the kernel would not show: by their characters' numbers."""
    found = kernel.value(f"[v if v is None else [*map(ord, v)] for v in map(os.environ.get, {list(names)})]")
    return [None if text is None else "".join(map(chr, text)) for text in found]


def test_variables_are_there_before_the_first_cell(agent: SmallAgent, tmp_path: Path, canary: str) -> None:
    agent.variables = {"FIRST": canary}
    with RunningKernel(tmp_path, agent.environment) as kernel:
        kernel.run("import os")
        assert variables(kernel, "FIRST", "DATALAYER_SECRETS_TOKEN", "DATALAYER_SECRETS_URL") == [canary, None, None]
        assert agent.statuses()[0] == 200


def test_a_grant_and_its_end_take_effect_at_the_next_cell(
    kernel: RunningKernel, agent: SmallAgent, canary: str
) -> None:
    agent.variables = {"A_KEY": canary}
    assert variables(kernel, "A_KEY") == [canary]
    agent.variables = {}
    assert variables(kernel, "A_KEY") == [None]


def test_a_cell_costs_one_request_that_says_nothing_new(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.variables = {"B_KEY": canary}
    for _ in range(5):
        kernel.run("1")
    kernel.run("1", silent=True, store_history=False)
    assert agent.statuses() == [200, 304, 304, 304, 304]
    assert {"host", "accept-encoding", "datalayer-secrets-token", "datalayer-secrets-redacts"} <= {*agent.asked[0][2]}
    assert not {"origin", "cookie", "user-agent"} & {*agent.asked[0][2]}


def test_a_new_value_takes_the_place_of_the_old_and_both_stay_hidden(
    kernel: RunningKernel, agent: SmallAgent, canary: str
) -> None:
    agent.variables = {"C_KEY": canary + "old"}
    kernel.run("old = os.environ['C_KEY']")
    agent.variables = {"C_KEY": canary + "new"}
    assert variables(kernel, "C_KEY") == [canary + "new"]
    agent.variables = {}
    said = kernel.run("print(old); os.environ.get('C_KEY')")
    assert said.streamed() == "[C_KEY]\n"
    assert leaks(canary, kernel.raw) == []


def test_what_the_user_had_before_comes_back(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    kernel.run("os.environ['D_KEY'] = 'mine'")
    agent.variables = {"D_KEY": canary}
    assert variables(kernel, "D_KEY") == [canary]
    agent.variables = {"D_KEY": canary + "2"}
    assert variables(kernel, "D_KEY") == [canary + "2"]
    agent.variables = {}
    assert variables(kernel, "D_KEY") == ["mine"]


def test_what_the_user_sets_afterwards_stays(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.variables = {"E_KEY": canary, "F_KEY": canary}
    kernel.run("os.environ['E_KEY'] = 'mine'; del os.environ['F_KEY']")
    agent.variables = {"E_KEY": canary + "2", "F_KEY": canary + "2"}
    assert variables(kernel, "E_KEY", "F_KEY") == ["mine", None]
    kernel.run("datalayer_secrets.export('E_KEY')")
    assert variables(kernel, "E_KEY") == [canary + "2"]
    agent.variables = {"F_KEY": canary + "2"}
    assert variables(kernel, "E_KEY", "F_KEY") == ["mine", None]
    agent.variables = {}
    assert variables(kernel, "E_KEY", "F_KEY") == ["mine", None]


def test_a_value_that_was_there_since_the_start_is_taken_back_too(
    agent: SmallAgent, tmp_path: Path, canary: str
) -> None:
    agent.variables = {"G_KEY": canary}
    with RunningKernel(tmp_path, {**agent.environment, "G_KEY": canary}) as kernel:
        kernel.run("import os")
        assert variables(kernel, "G_KEY") == [canary]
        agent.variables = {}
        assert variables(kernel, "G_KEY") == [None]


@pytest.mark.parametrize(("reason", "stays"), [("no_service", True), ("locked", True), ("not_found", False)])
def test_what_cannot_be_read_for_the_moment_stays(
    kernel: RunningKernel, agent: SmallAgent, reason: str, stays: bool, canary: str
) -> None:
    agent.variables = {"H_KEY": canary}
    kernel.run("1")
    agent.variables, agent.left_out = {}, {"H_KEY": reason}
    assert variables(kernel, "H_KEY") == [canary if stays else None]


def test_names_and_values_that_no_variable_may_have_are_not_set(
    kernel: RunningKernel, agent: SmallAgent, canary: str
) -> None:
    before = variables(kernel, "PATH")
    agent.variables = {"PATH": "/evil", "I=KEY": canary, "I_NUL": "a\0" + canary, "I_KEY": canary, "ld_preload": "x"}
    assert variables(kernel, "PATH", "I_NUL", "I_KEY", "ld_preload") == [*before, None, canary, None]


def test_get_serves_what_no_variable_can_hold(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    long = canary * 2_000
    agent.secrets = {"J/nul ü?": "a\0" + canary, "J_LONG": long, "PATH": canary + "path"}
    for name, value in agent.secrets.items():
        assert kernel.value(f"[*map(ord, datalayer_secrets.get({name!r}))]") == [*map(ord, str(value))]
        assert f"[{name}]" in kernel.run(f"datalayer_secrets.get({name!r})").result
    assert kernel.value("datalayer_secrets.list()") == sorted(agent.secrets)
    assert leaks(canary, kernel.raw) == []


def test_export_refuses_what_cannot_be_a_variable(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.secrets = {"PATH": canary, "K_NUL": "\0" + canary}
    for name in agent.secrets:
        said = kernel.run(f"datalayer_secrets.export('{name}')")
        assert said.error.startswith(f"SecretsError: {name}: ")
        assert "get()" in said.error
    assert "/evil" not in variables(kernel, "PATH")


def test_what_export_set_stays_as_long_as_it_is_granted(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.secrets, agent.left_out = {"L_KEY": canary}, {"L_KEY": "too_much"}
    kernel.run("datalayer_secrets.export('L_KEY')")
    assert variables(kernel, "L_KEY") == [canary]
    agent.secrets, agent.left_out = {}, {}
    assert variables(kernel, "L_KEY") == [None]


def test_get_works_within_a_running_cell(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.secrets["M_KEY"] = (403, "not_granted", "Allow it.")
    code = (
        "import time\nwhile True:\n    try: print(datalayer_secrets.get('M_KEY')); break\n"
        "    except datalayer_secrets.NotGranted: time.sleep(0.01)"
    )
    asked = kernel.client.execute(code)
    while not agent.statuses("secrets/M_KEY"):
        time.sleep(0.01)
    agent.secrets["M_KEY"] = canary
    assert kernel.answer(asked).streamed() == "[M_KEY]\n"


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((403, "not_granted", "Allow it."), "NotGranted: N_KEY: Allow it."),
        ((404, "not_found", "Create it."), "SecretNotFound: N_KEY: Create it."),
        ((503, "locked", "Unlock it."), "ServiceUnavailable: N_KEY: Unlock it."),
        ((504, "timeout", "Try again."), "Timeout: N_KEY: Try again."),
    ],
)
def test_a_refusal_is_an_exception_of_its_own(
    kernel: RunningKernel, agent: SmallAgent, refusal: tuple[int, str, str], error: str
) -> None:
    agent.secrets["N_KEY"] = refusal
    said = kernel.run("try: datalayer_secrets.get('N_KEY')\nexcept datalayer_secrets.SecretsError as e: e1 = e; raise")
    assert said.error == error
    assert kernel.value("e1.name") == "N_KEY"


def test_a_value_given_as_a_name_goes_nowhere(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.variables = {"O_KEY": canary}
    said = kernel.run("datalayer_secrets.get(os.environ['O_KEY'])")
    assert said.error == "SecretNotFound: This is the value of a secret. Give its name."
    assert not any(canary in path for path in agent.arrived)


def test_values_are_in_no_code_history_or_source(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.variables = {"P_KEY": canary}
    kernel.run("x = os.environ['P_KEY']; x")
    expression = "[x in repr(In), any(x in ''.join(e[2]) for e in linecache.cache.values() if len(e) > 2)]"
    kernel.run("import linecache; get_ipython().history_manager.writeout_cache()")
    assert kernel.value(expression) == [False, False]
    history = kernel.history.read_bytes()
    assert b"os.environ" in history
    assert canary.encode() not in history
    assert agent.capability.encode() not in history


def test_cleaning_can_be_turned_off_and_on(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.variables, agent.redact = {"Q_KEY": canary + "Q"}, False
    assert kernel.run("print(os.environ['Q_KEY'])").streamed() == canary + "Q\n"
    assert "[DATALAYER_SECRETS_TOKEN]" in kernel.run("!cat /proc/$PPID/environ | tr '\\0' '\\n'").streamed()
    agent.redact = True
    assert kernel.run("print(os.environ['Q_KEY'])").streamed() == "[Q_KEY]\n"
    assert leaks(agent.capability, kernel.raw) == []


def test_a_value_that_is_a_word_of_the_protocol_breaks_nothing(kernel: RunningKernel, agent: SmallAgent) -> None:
    agent.variables = {
        "R_KEY": "password",
        "S_KEY": "stdout",
        "T_KEY": "status",
        "U_KEY": "text/plain",
        "V_KEY": "stream",
    }
    said = kernel.run("print('my password', 'is text/plain'); 'status'")
    assert said.streamed() == "my [R_KEY] is [U_KEY]\n"
    assert said.result == "'[T_KEY]'"
    assert said.error == ""
    asked = kernel.client.execute("import getpass; print(len(getpass.getpass('word')))", allow_stdin=True)
    request = kernel.client.get_stdin_msg(timeout=60)
    assert request["content"] == {"prompt": "word", "password": True}
    kernel.client.input("abc")
    assert kernel.answer(asked).streamed() == "3\n"


def test_many_threads_and_workers_read_at_once(kernel: RunningKernel, agent: SmallAgent, canary: str) -> None:
    agent.secrets = {f"W_{at}": f"{canary}{at}" for at in range(20)}
    said = kernel.run(
        "from concurrent.futures import ThreadPoolExecutor as T\nimport multiprocessing as mp\n"
        "names = [f'W_{at % 20}' for at in range(400)]\nread = lambda name: datalayer_secrets.get(name)[39:]\n"
        "right = [name[2:] for name in names]\n"
        "with T(16) as pool: print([*pool.map(read, names)] == right)\n"
        "def worker(name): return read(name)\n"
        "with mp.get_context('fork').Pool(4) as pool: print(pool.map(worker, names) == right)\n"
        "print([*map(read, names)] == right)"
    )
    assert said.streamed() == "True\nTrue\nTrue\n"


def test_a_file_that_is_loaded_again_goes_on_where_it_was(
    kernel: RunningKernel, agent: SmallAgent, canary: str
) -> None:
    agent.variables = {"X_KEY": canary}
    said = kernel.run("%reload_ext datalayer_secrets\nprint(len(datalayer_secrets.get('X_KEY')), os.environ['X_KEY'])")
    assert said.streamed() == f"{len(canary)} [X_KEY]\n"


def test_messages_are_valid_whatever_the_values(kernel: RunningKernel, agent: SmallAgent) -> None:
    """Values that begin or end within what JSON writes for other text."""
    agent.variables = {"Y1": "nabcdef", "Y2": "abcdef\\", "Y3": '"quoted"', "Y4": "u00e9 or", "Y5": '","text":"'}
    said = kernel.run(r"""print('\nabcdef', 'abcdef"', 'abcdef\n', '"quoted"', '\x1b00e9 or', '","text":"')""")
    assert said.error == ""
    assert "[Y3]" in said.streamed()
    assert "[Y5]" in said.streamed()
    assert all(json.loads(part) is not None for part in kernel.raw)
