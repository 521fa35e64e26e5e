"""Blocking work beside the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], cancel: Callable[[], None] | None = None) -> T:
    """
    What `work` returns or raises. When the caller is cancelled, `cancel` is called, which should make `work` end.

    The thread is a daemon: those of an executor are waited for when the interpreter ends, and a keychain's prompt may
    keep one waiting for minutes.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def finish(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as error:  # it is raised where it is waited for
            problem = error
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(finish, result, problem)

    threading.Thread(target=run, daemon=True, name="datalayer-secrets").start()
    try:
        return await done
    except asyncio.CancelledError:
        if cancel is not None:
            cancel()
        raise


def heard(work: asyncio.Future[Any]) -> None:
    """For work that several may wait for: when its failure comes they may be gone; asyncio would log it as forgotten."""
    if not work.cancelled():
        work.exception()
