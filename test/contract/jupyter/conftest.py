from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.bundle import demand_service
from support.home import Home
from support.server import Jupyter, start_jupyter

#: No conftest of its own: tests import this one by its name.
pytest_plugins = ["kernel_fixtures"]

#: What a test must not inherit: where this machine's own keychain, vault, proxy and Jupyter are.
FOREIGN = re.compile(r"proxy$|^(DBUS|XDG|JUPYTER|JPY|DATALAYER|NODE)_|^(DISPLAY|WAYLAND_DISPLAY)$", re.IGNORECASE)


@pytest.fixture(scope="session", autouse=True)
def bundle() -> None:
    demand_service()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home without keychain, account and proxy; what was started in it ends with the test."""
    for name in [name for name in os.environ if FOREIGN.search(name)]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("DATALAYER_SECRETS_HOME", str(folder / "secrets"))
    # The default service of this user: nobody is there.
    monkeypatch.setenv("DATALAYER_IAM_URL", "http://127.0.0.1:9")
    for kind in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{kind}_DIR", str(tmp_path / kind.lower()))
    home = Home(folder / "secrets")
    yield home
    home.kill()


StartJupyter = Callable[..., Awaitable[Jupyter]]


@pytest.fixture
async def start(tmp_path: Path, home: Home) -> AsyncIterator[StartJupyter]:
    """Starts a server with these settings."""
    started: list[Jupyter] = []

    async def start(settings: dict[str, Any] | None = None) -> Jupyter:
        jupyter = await start_jupyter(tmp_path / "notebooks", settings)
        started.append(jupyter)
        return jupyter

    yield start
    for jupyter in started:
        await jupyter.close()


@pytest.fixture
async def jupyter(start: StartJupyter) -> Jupyter:
    """A server with the settings that it comes with."""
    return await start()
