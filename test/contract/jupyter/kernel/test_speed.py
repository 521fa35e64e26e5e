"""Redaction costs one pass over a text, however many values there are and however long they are."""

from __future__ import annotations

import base64
import random
import string
import time
from collections.abc import Callable

import pytest

from jupyterlab_datalayer_secrets.kernel.datalayer_secrets import Redactor

SIZE = 10_000_000
LETTERS = string.ascii_letters + string.digits
TEXTS = {
    "lines": "".join(f'step {at}: loss {at % 997}, "accuracy" 0.9265\n' for at in range(SIZE // 40)).encode()[:SIZE],
    "one letter": b"x" * SIZE,
    "base64": base64.b64encode(random.Random(1).randbytes(SIZE * 3 // 4)),
}


def values(count: int) -> list[str]:
    """API keys, every fifth a password of twelve characters, every tenth a PEM file."""
    source = random.Random(2)
    made = []
    for at in range(count):
        key = "".join(source.choices(LETTERS, k=12 if at % 5 == 2 else 40 + at % 21))
        lines = "\n".join(base64.b64encode(source.randbytes(48)).decode() for _ in range(20))
        made.append(f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n" if at % 10 == 4 else key)
    return made


def redactor(*of: str) -> Redactor:
    made = Redactor()
    for at, value in enumerate(of):
        made.add(f"N{at}", value)
    made.clean(b"")  # what is prepared once
    return made


def processor_time(work: Callable[[], object], times: int = 1) -> float:
    """The least of several: what else the machine does only adds to it."""
    found = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        found.append(time.process_time() - began)
    return min(found)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hundred_values_take_less_than_five_times_the_time_of_ten(text: bytes) -> None:
    ten, hundred = redactor(*values(10)), redactor(*values(100))
    assert hundred.clean(text) is text
    assert processor_time(lambda: hundred.clean(text)) < 5 * processor_time(lambda: ten.clean(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_all_forms_of_a_hundred_values_take_less_time_than_three_searches_for_each(text: bytes) -> None:
    several = values(100)
    made = redactor(*several)
    each = [value.encode() for value in several]
    assert processor_time(lambda: made.clean(text)) < 3 * processor_time(lambda: [value in text for value in each])


def test_the_time_for_a_text_grows_as_the_text_does() -> None:
    made = redactor(*values(100))
    text = TEXTS["lines"]
    tenth = text[: SIZE // 10]
    assert processor_time(lambda: made.clean(text)) < 30 * processor_time(lambda: made.clean(tenth))


def test_a_text_full_of_values_takes_less_than_forty_times_the_time_of_one_without() -> None:
    several = values(10)
    made = redactor(*several)
    full = "".join(f"{several[at % 10]} is one of them\n" for at in range(20_000)).encode()
    empty = (b"." * 79 + b"\n") * (len(full) // 80)
    assert several[0].encode() not in made.clean(full)
    assert processor_time(lambda: made.clean(full)) < 40 * processor_time(lambda: made.clean(empty))


def test_whether_a_text_ends_in_a_beginning_costs_the_same_however_long_values_are() -> None:
    token, long = redactor(values(1)[0]), redactor("".join(random.Random(3).choices(LETTERS, k=60_000)))
    text = TEXTS["lines"][:100_000]
    assert long.held(text) == 0
    assert processor_time(lambda: long.held(text), 200) < 10 * processor_time(lambda: token.held(text), 200)
