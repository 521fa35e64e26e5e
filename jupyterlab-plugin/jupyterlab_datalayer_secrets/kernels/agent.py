"""What kernels of this server may have, and how they get it: as ssh-agent's clients do, by asking while they run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jupyter_server.serverapp import ServerApp

from .. import events
from ..errors import SecretsError
from ..grants.grant import Grant, Notebook
from . import export, page_state
from .address import kernel_url
from .command import FLAG, can_pull
from .launch import CAPABILITY, Answer, Attempt, Launch, Launches, Received
from .reasons import UNFIT, Reason, Refused
from .supply import Supply

if TYPE_CHECKING:
    from ..grants.book import GrantBook
    from ..grants.store import What
    from ..page import PageService
    from .reads import Reads

#: Where the file lies that kernels import.
FOLDER: Final = Path(__file__).resolve().parents[1] / "kernel"
ADDRESS: Final = "DATALAYER_SECRETS_URL"

#: Seconds that the start of a kernel waits for the variables that it can only have from its start.
START: Final = 5.0
#: Seconds that a kernel waits before its first cell: the service may be starting. The helper gives up half a second
#: later, here as before every other cell, so it hears of what could be had by then.
FIRST: Final = 4.5
#: Seconds that cells wait for what is new; once it took longer, `LEAST` each.
PULL: Final = 2.0
LEAST: Final = 0.1
#: Seconds that a program waits for a secret that it asked for by name.
GET: Final = 8.0
#: Seconds that what a page shows waits for the list of secrets.
SHOW: Final = 1.0


class Started(NamedTuple):
    """What to launch a kernel with."""

    cmd: list[str]
    env: dict[str, str]


class Pulled(NamedTuple):
    """What is to be in a kernel's environment, why what is granted is not, and whether its outputs are cleaned."""

    tag: str
    variables: dict[str, str]
    left_out: dict[str, Reason]
    redact: bool


class Agent:
    """Belongs to one event loop, but for `received`, `cleans_itself` and `redacts`, which answer any thread at once."""

    def __init__(
        self, app: ServerApp, page: Callable[[], PageService], book: GrantBook, reads: Reads, log: Logger
    ) -> None:
        self._app = app
        self._page = page
        self._book = book
        self._reads = reads
        self._log = log
        self._supply = Supply(page, reads, log)
        self._launches = Launches(lambda kernel_id: kernel_id in app.kernel_manager)
        self._remote: set[str] = set()
        self._work: set[asyncio.Task[None]] = set()
        book.grants.changed.append(self._follow)

    # For starting kernels

    async def environment(
        self, kernel_id: str, kernel_name: str, cmd: Sequence[str], env: Mapping[str, str]
    ) -> Started:
        """
        What to launch a kernel with that would be launched with this. One that has our helper asks for its variables
        later; any other gets what can be had within `START` seconds.
        """
        pulls = can_pull(cmd)
        launch = self._launches.begin(kernel_id, kernel_name, pulls=pulls)
        launch.named = env.get("JPY_SESSION_NAME", "")
        path = [str(FOLDER), *filter(None, [env.get("PYTHONPATH")])]
        own = {ADDRESS: kernel_url(self._app), CAPABILITY: launch.capability, "PYTHONPATH": os.pathsep.join(path)}
        launch.opening = self._go_on(self._open(launch))
        first = self._go_on(self._begin(launch))
        if pulls:
            return Started([*cmd, FLAG], {**env, **own})
        await asyncio.wait({first}, timeout=START)
        variables = self._hand_over(launch, launch.answer()).variables
        return Started([*cmd], {**env, **variables, **own})

    def note_remote(self, kernel_id: str) -> None:
        """A kernel that runs elsewhere: it could not reach us, and gets nothing."""
        self._remote.add(kernel_id)

    def end(self, kernel_id: str) -> None:
        """The kernel is gone."""
        self._remote.discard(kernel_id)
        self._launches.end(kernel_id)

    # For the route of kernels

    def holder(self, capability: str) -> Launch | None:
        """The kernel that was started with it, if that is still there."""
        return self._launches.holder(capability)

    async def variables(self, launch: Launch, *, cleans_itself: bool) -> Pulled:
        """What is to be in its environment now. Asks the service only where something changed that is known here."""
        await self._seat(launch)
        launch.cleans_itself = cleans_itself
        if launch.settled != self._basis(launch):
            attempt = self._try(launch, PULL)
            patience = attempt.deadline - asyncio.get_running_loop().time()
            await asyncio.wait({attempt.task}, timeout=max(patience, LEAST))
        return self._hand_over(launch, launch.answer())

    async def names(self, launch: Launch) -> list[str]:
        """Of what it may have."""
        await self._seat(launch)
        return sorted(grant.name for grant in launch.granted)

    async def secret(self, launch: Launch, name: str) -> str:
        """A value, be it in the environment or not. Raises `Refused`: `not_granted`, or a `Reason`."""
        await self._seat(launch)
        grant = next((grant for grant in launch.granted if grant.name == name), None)
        if grant is None:
            raise Refused("not_granted")
        if launch.settled != self._basis(launch) or launch.value(grant) is None:
            await asyncio.wait({self._go_on(self._get(launch, [grant]))}, timeout=GET)
        value = launch.value(grant)
        if value is None:
            raise Refused(launch.failure(grant) or "timeout")
        launch.receive({name: value})
        return value

    # For what cleans messages and logs

    def received(self, kernel_id: str) -> Received:
        """Every value that the kernel got since its start and the one before, its capabilities too, by name."""
        return self._launches.received(kernel_id)

    def cleans_itself(self, kernel_id: str) -> bool:
        """Whether the kernel takes them out of its messages before it sends them."""
        launch = self._launches.peek(kernel_id)
        return launch is not None and launch.cleans_itself

    def redacts(self, kernel_id: str) -> bool:
        """Whether that is to be done: not where the user turned it off for all of its notebooks."""
        launch = self._launches.peek(kernel_id)
        return launch is None or launch.redact

    # For pages

    async def state(self, notebook: Notebook, kernel_id: str | None) -> dict[str, object]:
        """What the page shows of a notebook and its kernel."""
        granted = self._book.grants.of(notebook)
        launch = None if kernel_id is None else self._launches.of(kernel_id)
        if launch is not None:
            await self._seat(launch)
            # Only what there is, no values: looking is no use.
            await asyncio.wait({self._go_on(self._supply.look_up(launch, launch.granted))}, timeout=SHOW)
        return {
            "id": notebook.id,
            "path": notebook.path,
            "stored": self._book.grants.stored(notebook),
            "redaction": self._book.grants.redacts(notebook),
            **self._place(kernel_id, launch),
            "secrets": page_state.secrets(granted, launch, running=self._runs(kernel_id)),
        }

    def close(self) -> None:
        """No kernel is told anything more. What they received stays known: they still run."""
        self._book.grants.changed.remove(self._follow)
        for task in self._work:
            task.cancel()
        self._reads.close()

    async def _begin(self, launch: Launch) -> None:
        """What the start of a kernel causes."""
        await self._seat(launch)
        if launch.granted:
            await asyncio.wait({self._try(launch, FIRST).task})
            if launch.pulls:
                self._tell_missing(launch, launch.answer())
        self._tell_state(launch)

    async def _open(self, launch: Launch) -> None:
        """Starts the service where the kernel has grants, and opens what needs no prompt."""
        await self._seat(launch)
        if not launch.granted:
            return
        page = self._page()
        try:
            await page.ensure(start=False, quiet=True)
            if page.policy.api_key and any(grant.vault != "local" for grant in launch.granted):
                await page.vaults()
        except SecretsError as error:
            self._log.info("Secrets service not ready for a kernel: %s", error.kind)
        self._supply.catalog.forget_failures()

    async def _seat(self, launch: Launch) -> None:
        """Its notebooks now, and what they may use: as they are called at present, whatever they were at its start."""
        found = await self._book.notebooks.of_kernel(launch.kernel_id)
        if found:
            launch.seated = True
        elif not launch.seated:
            found = await self._book.notebooks.of_kernel(launch.kernel_id, {"JPY_SESSION_NAME": launch.named})
        grants = self._book.grants
        launch.notebooks = found
        launch.granted = frozenset.intersection(*map(grants.of, found)) if found else frozenset()
        launch.redact = not found or any(map(grants.redacts, found))

    def _basis(self, launch: Launch) -> object:
        """By what the answer for a kernel is found."""
        vaults = sorted({grant.vault for grant in launch.granted})
        return launch.granted, [(vault, self._supply.catalog.revision(vault)) for vault in vaults]

    def _try(self, launch: Launch, patience: float) -> Attempt:
        """One attempt for all who wait for the same."""
        basis, now = self._basis(launch), asyncio.get_running_loop().time()
        attempt = launch.attempt
        if attempt is None or attempt.task.done() or attempt.basis != basis:
            attempt = launch.attempt = Attempt(basis, self._go_on(self._settle(launch, basis)), now + patience)
        return attempt

    async def _settle(self, launch: Launch, basis: object) -> None:
        """Finds and reads what is to be in its environment."""
        granted = launch.granted
        await self._get(launch, [grant for grant in granted if not export.unfit_name(grant.name)])
        surely = all(launch.failure(grant) in (None, "not_found") for grant in granted)
        heard = all(self._supply.catalog.revision(grant.vault) is not None for grant in granted)
        launch.settled = basis if surely and heard else None

    async def _get(self, launch: Launch, grants: Sequence[Grant]) -> None:
        if launch.opening is not None:
            await asyncio.wait({launch.opening}, timeout=START)
        await self._supply.look_up(launch, grants)
        await self._supply.read(launch, grants)

    def _hand_over(self, launch: Launch, answer: Answer) -> Pulled:
        """The kernel is told this."""
        variables = {name: launch.values[key] for name, key in answer.variables.items()}
        reasons: dict[str, Reason] = {name: reason or "timeout" for name, reason in answer.left_out.items()}
        launch.receive(variables)
        if answer != launch.given:
            launch.given = answer
            self._tell_state(launch)
        self._tell_missing(launch, answer)
        return Pulled(launch.tag(answer), variables, reasons, launch.redact)

    def _tell_missing(self, launch: Launch, answer: Answer) -> None:
        """Pages hear once per start and reason of what it should have and has not."""
        missing: dict[Reason, list[str]] = {}
        for name, reason in answer.left_out.items():
            if reason not in UNFIT and reason not in launch.told:
                missing.setdefault(reason or "timeout", []).append(name)
        for reason, names in missing.items():
            launch.told.add(reason)
            for notebook in launch.notebooks:
                events.emit_missing(self._logger, notebook, names, reason)

    def _tell_state(self, launch: Launch) -> None:
        for notebook in launch.notebooks:
            events.emit_state(self._logger, notebook.id)

    @property
    def _logger(self) -> Any:
        return self._app.event_logger

    def _follow(self, what: What, notebook: Notebook, grant: Grant | None) -> None:
        """Grants changed: what is new is there before the next cell needs it."""
        for launch in self._launches.all():
            self._go_on(self._catch_up(launch, notebook))

    async def _catch_up(self, launch: Launch, notebook: Notebook) -> None:
        await self._seat(launch)
        if launch.pulls and notebook in launch.notebooks and launch.granted:
            self._try(launch, PULL)

    def _place(self, kernel_id: str | None, launch: Launch | None) -> dict[str, object]:
        """Whether the kernel can have anything, why not, and in which way it gets it."""
        gateway = bool(self._app.gateway_config.gateway_enabled)
        why = "gateway" if gateway else "remote" if kernel_id in self._remote else None
        if launch is not None:
            kernel = "live" if launch.pulls else "start"
        else:
            kernel = "before" if self._runs(kernel_id) and why is None else "none"
        return {"possible": why is None, "why": why, "kernel": kernel}

    def _runs(self, kernel_id: str | None) -> bool:
        return kernel_id is not None and kernel_id in self._app.kernel_manager

    def _go_on(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work that nobody has to wait for, and that does not end with whoever does."""
        task = asyncio.ensure_future(self._safely(work))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def _safely(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            # Only its class: a message may repeat anything.
            self._log.warning("Secrets for a kernel: %s", type(error).__name__)
