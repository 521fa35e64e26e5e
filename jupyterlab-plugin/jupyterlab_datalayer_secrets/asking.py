"""One request over a way to the service that is there, and what its answer means."""

from __future__ import annotations

import json
from functools import partial
from logging import Logger

from .call import API, Call
from .errors import SecretsError, error_of
from .loopback import Answer, Broken, Cancellation, Loopback, Unreached
from .threads import in_thread


async def attempt(loopback: Loopback, call: Call, log: Logger) -> Answer | None:
    """
    The answer, or null when this service is gone or does not know us: then nothing was done. Raises `SecretsError` for
    all that breaks later.
    """
    try:
        answer = await send(loopback, call)
        return None if await _refuses(loopback, answer) else answer
    except Unreached as error:
        log.info("Secrets service not reached: %s", error.error.kind)
        return None


async def send(loopback: Loopback, call: Call) -> Answer:
    """Raises `Unreached`, and `SecretsError` for all that breaks later. Only reading is tried a second time."""
    for attempt in range(2):
        cancellation = Cancellation()
        try:
            return await in_thread(partial(loopback.ask, call, cancellation), cancellation)
        except Broken as broken:
            if call.method == "GET" and attempt == 0 and not broken.late:
                continue  # a kept connection that the service ended just now
            details = {} if call.method == "GET" else {"reason": "unfinished"}
            raise SecretsError("timeout" if broken.late else "offline", details) from None
    raise AssertionError


async def _refuses(loopback: Loopback, answer: Answer) -> bool:
    """
    Whether an answer means that this service does not know us: 421, another one's port; 401, our token is from an
    earlier one. A 401 can also be about the sign-in to a remote vault, so our own token is tried alone.
    """
    if answer.status != 401:
        return answer.status == 421
    alone = await send(loopback, Call("GET", f"{API}/status"))
    return alone.status == 401


def content_of(answer: Answer) -> dict[str, object]:
    """Raises the failure that the answer tells, or `protocol` where it is none of the service's."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise SecretsError("protocol")
    if answer.status >= 400:
        raise error_of(answer.status, said)
    if said.get("success") is not True:
        raise SecretsError("protocol")
    return said
