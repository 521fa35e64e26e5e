"""One start of one kernel, and what it got since."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from ..grants.grant import Grant, Notebook
from . import export
from .reasons import Reason

#: Name under which the capability is in a kernel's environment, and under which it is kept out of its messages.
CAPABILITY: Final = "DATALAYER_SECRETS_TOKEN"
#: Seconds for which messages and output of a kernel may come after its end.
LATE: Final = 10.0

#: Values by name, each that there was.
Received = Mapping[str, frozenset[str]]


class Key(NamedTuple):
    """A secret's value: another one has another uid."""

    vault: str
    uid: str


class Answer(NamedTuple):
    """What is to be in a kernel's environment, and what is not although it is granted."""

    variables: dict[str, Key]
    #: Null: it was not tried yet.
    left_out: dict[str, Reason | None]


class Attempt(NamedTuple):
    """Finding and reading what a kernel is to have."""

    #: By what that is found.
    basis: object
    task: asyncio.Task[None]
    #: Until when somebody waits for it, on the clock of the event loop. Then it goes on without anybody.
    deadline: float


class Launch:
    """
    Belongs to one event loop; `received` may be read from any thread. A restarted kernel is another launch, with another
    capability and nothing in its memory; but what the process before got may still be on its way in messages, so that
    stays known for cleaning them until the kernel is started once more, or gone.
    """

    def __init__(self, kernel_id: str, kernel_name: str, *, pulls: bool, before: Launch | None) -> None:
        self.kernel_id = kernel_id
        self.kernel_name = kernel_name
        #: Whether our helper is in it and asks before each cell; else variables are those of its start.
        self.pulls = pulls
        self.capability = secrets.token_urlsafe(32)
        #: The notebook that its environment names; until a session of it is seen (`seated`) it has no other.
        self.named = ""
        self.seated = False
        #: Whether the server had it in its list.
        self.listed = False
        self.ended = False
        #: Its notebooks as they were last found, and what all of them may use.
        self.notebooks: list[Notebook] = []
        self.granted: frozenset[Grant] = frozenset()
        self.redact = True
        #: The service being started and opened for it.
        self.opening: asyncio.Task[None] | None = None
        self.attempt: Attempt | None = None
        #: It says that it cleans its messages itself.
        self.cleans_itself = False
        #: What it was told last, so has now.
        self.given = Answer({}, {})
        #: The reasons that pages were told.
        self.told: set[Reason] = set()
        #: What was read for it, and what is being read.
        self.values: dict[Key, str] = {}
        self.reading: dict[Key, asyncio.Future[None]] = {}
        #: By what its present answer was found; as long as that is the same, so is the answer.
        self.settled: object = None
        self._keys: dict[Grant, Key] = {}
        self._not_found: dict[Grant, Reason] = {}
        self._not_read: dict[Key, Reason] = {}
        self._tag = (0, secrets.token_hex(4))
        self._tagged: object = None
        self._own: dict[str, frozenset[str]] = {CAPABILITY: frozenset((self.capability,))}
        self._before = before._own if before is not None else {}
        self.received: Received = _joined(self._before, self._own)

    def find(self, grant: Grant, uid: str) -> None:
        """There is such a secret."""
        self._keys[grant] = Key(grant.vault, uid)
        self._not_found.pop(grant, None)

    def miss(self, grant: Grant) -> None:
        """There is none, whatever there was before."""
        self._keys.pop(grant, None)
        self._not_found[grant] = "not_found"

    def fail_to_find(self, grant: Grant, reason: Reason) -> None:
        """It is not known whether there is one. What was found before stays good."""
        self._not_found[grant] = reason

    def read(self, key: Key, value: str) -> None:
        self.values[key] = value
        self._not_read.pop(key, None)

    def fail_to_read(self, key: Key, reason: Reason) -> None:
        self._not_read[key] = reason

    def key(self, grant: Grant) -> Key | None:
        return self._keys.get(grant)

    def value(self, grant: Grant) -> str | None:
        """What was read for it of this secret, if it is still there."""
        key = self.key(grant)
        return None if key is None else self.values.get(key)

    def failure(self, grant: Grant) -> Reason | None:
        """Why the last attempt to find and read this secret failed, if it did."""
        key = self.key(grant)
        return self._not_found.get(grant) or (None if key is None else self._not_read.get(key))

    def answer(self) -> Answer:
        """What it is to have now, by what is known."""
        values: dict[str, str] = {}
        keys: dict[str, Key] = {}
        missing: dict[str, Reason | None] = {}
        for grant in self.granted:
            key, value = self.key(grant), self.value(grant)
            if export.unfit_name(grant.name):
                missing[grant.name] = "never_exported"
            elif key is None or value is None:
                missing[grant.name] = self.failure(grant)
            else:
                values[grant.name], keys[grant.name] = value, key
        unfit = export.left_out(values)
        variables = {name: key for name, key in sorted(keys.items()) if name not in unfit}
        return Answer(variables, dict(sorted({**missing, **unfit}.items())))

    def tag(self, answer: Answer) -> str:
        """An ETag: the same for the same answer, and for no other."""
        tagged = (answer, self.redact)
        if tagged != self._tagged:
            self._tagged = tagged
            self._tag = (self._tag[0] + 1, self._tag[1])
        return f'"{self._tag[1]}-{self._tag[0]}"'

    def receive(self, values: Mapping[str, str]) -> None:
        """These are on their way to it."""
        new = {name: value for name, value in values.items() if value not in self._own.get(name, ())}
        if new:
            for name, value in new.items():
                self._own[name] = self._own.get(name, frozenset()) | {value}
            self.received = _joined(self._before, self._own)

    def end(self) -> None:
        """Nobody reads for it any more."""
        self.ended = True
        for reading in self.reading.values():
            reading.cancel()


class Launches:
    """Those of the kernels that are there, by kernel and by capability."""

    def __init__(self, is_listed: Callable[[str], bool]) -> None:
        """`is_listed` says whether the server has a kernel of this id. One that is just being started it has not."""
        self._is_listed = is_listed
        self._by_kernel: dict[str, Launch] = {}
        self._by_digest: dict[bytes, Launch] = {}
        #: What was received by kernels that are gone, as long as something of theirs may still be on its way.
        self._late: dict[str, Received] = {}

    def begin(self, kernel_id: str, kernel_name: str, *, pulls: bool) -> Launch:
        """Another start of this kernel. Its capability from before is worth nothing from now on."""
        before = self._take(kernel_id)
        launch = Launch(kernel_id, kernel_name, pulls=pulls, before=before)
        self._by_kernel[kernel_id] = launch
        self._by_digest[_digest(launch.capability)] = launch
        for other in self.all():
            self._check(other)
        return launch

    def end(self, kernel_id: str) -> None:
        """The kernel is gone."""
        launch = self._take(kernel_id)
        if launch is not None:
            self._late[kernel_id] = launch.received
            asyncio.get_running_loop().call_later(LATE, self._late.pop, kernel_id, None)

    def of(self, kernel_id: str) -> Launch | None:
        launch = self._by_kernel.get(kernel_id)
        return launch if launch is not None and self._check(launch) else None

    def peek(self, kernel_id: str) -> Launch | None:
        """As `of`, from any thread."""
        return self._by_kernel.get(kernel_id)

    def holder(self, capability: str) -> Launch | None:
        """Found by a hash, so the time taken says nothing about the capability."""
        launch = self._by_digest.get(_digest(capability))
        if launch is None or not hmac.compare_digest(launch.capability.encode(), capability.encode()):
            return None
        return launch if self._check(launch) else None

    def all(self) -> list[Launch]:
        return list(self._by_kernel.values())

    def received(self, kernel_id: str) -> Received:
        """From any thread."""
        launch = self._by_kernel.get(kernel_id)
        return launch.received if launch is not None else self._late.get(kernel_id, {})

    def _check(self, launch: Launch) -> bool:
        """Whether its kernel is still there: one that died for good is only taken off the server's list."""
        listed = self._is_listed(launch.kernel_id)
        if launch.listed and not listed:
            self.end(launch.kernel_id)
            return False
        launch.listed = listed
        return True

    def _take(self, kernel_id: str) -> Launch | None:
        launch = self._by_kernel.pop(kernel_id, None)
        if launch is not None:
            del self._by_digest[_digest(launch.capability)]
            launch.end()
        return launch


def _digest(capability: str) -> bytes:
    return hashlib.sha256(capability.encode()).digest()


def _joined(before: Received, own: Received) -> Received:
    return {name: before.get(name, frozenset()) | own.get(name, frozenset()) for name in {**before, **own}}
