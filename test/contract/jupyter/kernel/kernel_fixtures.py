from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_kernel import RunningKernel
from small_agent import SmallAgent
from support.bundle import ROOT

WHEELS = ROOT / ".tools" / "wheels"


def _packages(version: str, folder: Path) -> Path | None:
    """A folder with another ipykernel than that of this environment, and what only that one needs."""
    if version == "newest":
        return None
    if not [*WHEELS.glob("ipykernel-6.*.whl")]:
        pytest.skip("no ipykernel 6: `npm test` brings it")
    pip = [sys.executable, "-m", "pip", "--isolated", "install", "--quiet", "--disable-pip-version-check"]
    where = ["--no-index", "--find-links", str(WHEELS), "--no-deps", "--target", str(folder)]
    subprocess.run([*pip, *where, "ipykernel<7", "nest-asyncio"], check=True)
    return folder


@pytest.fixture(scope="session", params=["newest", "6"])
def ipykernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """Where another release of ipykernel lies that a test is to use."""
    return _packages(request.param, tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="session")
def small_agent() -> Iterator[SmallAgent]:
    with SmallAgent() as agent:
        yield agent


@pytest.fixture
def agent(small_agent: SmallAgent) -> SmallAgent:
    """One server for all kernels, as good as new."""
    small_agent.reset()
    return small_agent


@pytest.fixture(scope="module")
def shared_kernel(small_agent: SmallAgent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKernel]:
    small_agent.reset()
    with RunningKernel(tmp_path_factory.mktemp("kernel"), small_agent.environment) as kernel:
        yield kernel


@pytest.fixture
def kernel(shared_kernel: RunningKernel, agent: SmallAgent) -> RunningKernel:
    """One for all tests of a file, which use names and values of their own."""
    shared_kernel.run("import os, datalayer_secrets")
    shared_kernel.raw.clear()
    agent.asked.clear()
    agent.arrived.clear()
    return shared_kernel


def script(code: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a program that is no notebook and has the helper."""
    from running_kernel import HELPER

    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HELPER), **env}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=False
    )
