"""A server that hangs, ends or refuses breaks no cell and no start of a kernel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_kernel import RunningKernel
from small_agent import SmallAgent

CANARY = "canary-" + "0123456789abcdefXYZ"


@pytest.fixture
def agent() -> Iterator[SmallAgent]:
    """One that a test may end."""
    with SmallAgent() as agent:
        agent.variables = {"A_KEY": CANARY}
        yield agent


def seconds(kernel: RunningKernel, code: str = "1") -> float:
    begun = time.monotonic()
    assert kernel.run(code).error == ""
    return time.monotonic() - begun


def test_a_server_that_hangs_holds_up_one_cell_and_then_fewer_and_fewer(agent: SmallAgent, tmp_path: Path) -> None:
    with RunningKernel(tmp_path, agent.environment) as kernel:
        kernel.run("import os, datalayer_secrets")
        agent.answers.clear()
        asked = len(agent.arrived)
        assert 2 < seconds(kernel) < 10
        begun = time.monotonic()
        cells = 0
        while len(agent.arrived) < asked + 3:
            kernel.run("1")
            cells += 1
        # Pauses of 2 and 4 seconds, and one wait of 2.5 between them.
        assert time.monotonic() - begun > 6
        assert cells > 20
        said = kernel.run("print(os.environ['A_KEY']); datalayer_secrets.get('A_KEY')")
        assert said.streamed() == "[A_KEY]\n", "what was there stays"
        assert said.error.startswith("Timeout: ")
        # An answer to get() ends the pause: the next cell asks again.
        agent.answers.set()
        kernel.run("datalayer_secrets.get('A_KEY')")
        agent.variables = {"B_KEY": CANARY[::-1]}
        assert kernel.run("print('A_KEY' in os.environ, os.environ['B_KEY'])").streamed() == "False [B_KEY]\n"


def test_a_kernel_starts_beside_a_server_that_hangs(agent: SmallAgent, tmp_path: Path) -> None:
    agent.answers.clear()
    with RunningKernel(tmp_path, agent.environment) as kernel:
        assert seconds(kernel) < 5
        assert kernel.run("import os; os.environ.get('DATALAYER_SECRETS_TOKEN')").result == ""


def test_a_kernel_works_on_when_the_server_ends(agent: SmallAgent, tmp_path: Path) -> None:
    with RunningKernel(tmp_path, agent.environment) as kernel:
        kernel.run("import os, datalayer_secrets")
        agent.__exit__()
        assert kernel.run("print(os.environ['A_KEY'])").streamed() == "[A_KEY]\n"
        said = kernel.run("datalayer_secrets.get('A_KEY')")
        assert said.error.startswith("ServiceUnavailable: The Jupyter server cannot be reached")


@pytest.mark.parametrize(
    "env",
    [
        {"DATALAYER_SECRETS_URL": "http://127.0.0.1:9/x"},
        {"DATALAYER_SECRETS_URL": "http://127.0.0.1:9/x", "DATALAYER_SECRETS_TOKEN": "t" * 43},
        {"DATALAYER_SECRETS_URL": "nonsense://[", "DATALAYER_SECRETS_TOKEN": "t" * 43},
    ],
)
def test_a_kernel_starts_whatever_it_is_told(env: dict[str, str], tmp_path: Path) -> None:
    with RunningKernel(tmp_path, env) as kernel:
        said = kernel.run("import datalayer_secrets; datalayer_secrets.get('A_KEY')")
        assert said.error.startswith("ServiceUnavailable: ")


def test_a_capability_that_is_not_right_is_refused_with_advice(agent: SmallAgent, tmp_path: Path) -> None:
    with RunningKernel(tmp_path, {**agent.environment, "DATALAYER_SECRETS_TOKEN": "x" * 43}) as kernel:
        said = kernel.run("import datalayer_secrets; datalayer_secrets.get('A_KEY')")
        assert said.error == (
            "ServiceUnavailable: The Jupyter server does not know this kernel any more. Restart the kernel."
        )


def test_a_python_that_nothing_around_it_can_change_starts_without(agent: SmallAgent, tmp_path: Path) -> None:
    with RunningKernel(tmp_path, agent.environment, flags="-I") as kernel:
        assert "ModuleNotFoundError" in kernel.run("import datalayer_secrets").error
