"""Every form of every value is found, in one pass, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import itertools
import json
import os
import random
import reprlib
import string
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable

import pytest
from corpus import AWKWARD, PEM, TOKEN

from jupyterlab_datalayer_secrets.kernel.datalayer_secrets import Redactor

ALPHABETS = ("ab", "abc\\n\"'u\n", string.ascii_letters, string.printable, "äöü€abc😀", string.digits)
WRITERS: dict[str, Callable[[str], str]] = {
    "plain": lambda v: v,
    "repr": lambda v: repr({"a": v}),
    "ascii": ascii,
    "bytes": lambda v: repr(v.encode()),
    "JSON": lambda v: json.dumps({v: v}),
    "JSON with every letter": lambda v: json.dumps([v], ensure_ascii=False),
    "JSON in JSON": lambda v: json.dumps(json.dumps([v])),
    "URL": urllib.parse.quote,
    "strict URL": lambda v: urllib.parse.quote(v, safe=""),
    "query": lambda v: urllib.parse.urlencode({"q": v}),
    "HTML": html.escape,
    "hexadecimal": lambda v: v.encode().hex(),
    "upper hexadecimal": lambda v: v.encode().hex().upper(),
    **{
        f"base64 after {n}": lambda v, n=n: base64.b64encode(b"u" * n + v.encode() + b"xy").decode()  # type: ignore[misc]
        for n in range(4)
    },
    "base64 for URLs": lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
}


def redactor(*values: str) -> Redactor:
    made = Redactor()
    for at, value in enumerate(values):
        made.add(f"N{at}", value)
    return made


def random_values(source: random.Random, count: int) -> list[str]:
    sizes = (6, 7, 8, 10, 11, 14, 15, 16, 22, 23, 30, 38, 39, 50, 100)
    return ["".join(source.choices(source.choice(ALPHABETS), k=source.choice(sizes))) for _ in range(count)]


@pytest.mark.parametrize("value", [TOKEN, AWKWARD, PEM, "x" * 6, "{'a': \"b\"}\t\\", "👍👎👍👎👍👎"])
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_every_form_is_found_in_text_and_in_messages(write: Callable[[str], str], value: str) -> None:
    text = f"before {write(value)} after"
    for pack, unpack in [
        (str.encode, bytes.decode),
        (lambda text: json.dumps(text).encode(), json.loads),
        (lambda text: json.dumps(text, ensure_ascii=False).encode(), json.loads),
    ]:
        cleaned = unpack(redactor(value).clean(pack(text)))
        assert "[N0]" in cleaned
        assert write(value) not in cleaned
        assert cleaned.startswith("before ")
        assert cleaned.endswith("after")


def test_many_values_of_every_kind_leave_nothing_of_themselves_and_valid_messages() -> None:
    source = random.Random(1)
    for _ in range(600):
        values = random_values(source, source.choice([1, 2, 5, 12, 40]))
        made = redactor(*values)
        noise = ("ab", '\n"\\ x\t', string.printable, "ü")
        text = ""
        for _ in range(source.randrange(4)):
            text += "".join(source.choices(source.choice(noise), k=source.randrange(30)))
            text += source.choice([*WRITERS.values()])(source.choice(values))
        for ascii_only in (False, True):
            cleaned = json.loads(made.clean(json.dumps({"text": text}, ensure_ascii=ascii_only).encode()))
            assert [value for value in values if len({*value}) > 4 and value in cleaned["text"]] == []


def test_text_in_two_pieces_is_cleaned_as_well_as_text_in_one() -> None:
    source = random.Random(2)
    for _ in range(600):
        # One backslash before a value goes with it, unless it was sent by then.
        values = [value.replace("\\", "/") for value in random_values(source, source.choice([1, 3, 20]))]
        made = redactor(*values)
        text = "".join(itertools.chain(*(source.choices([*values, "x", "\n", "ü", values[0][:4]], k=8))))
        at = source.randrange(len(text) + 1)
        sent, held = b"", b""
        for piece in (text[:at], text[at:]):
            held += piece.encode()
            cut = len(held) - made.held(held)
            sent, held = sent + made.clean(held[:cut]), held[cut:]
        assert sent + made.clean(held) == made.clean(text.encode())


def test_as_much_is_held_as_can_be_the_beginning_of_a_form_and_no_more() -> None:
    made = redactor("abcabcabcd", "cabcabX", "ünder")
    for text, held in [("", 0), ("zz", 0), ("zzabcabcabc", 9), ("abcabcab", 8), ("abcabcabcd", 0), ("cabcab", 6)]:
        assert made.held(text.encode()) == held
    # What is whole and may go on as something longer is not torn apart.
    made = redactor("secret", "secretive-things", "ets of old")
    assert made.held(b"my secret") == 6
    assert made.held(b"my secrets") == 10 - 3
    assert made.clean(b"my secrets of old") == b"my [N2]"


def test_a_longer_value_is_preferred_and_no_part_of_one_that_overlaps_stays() -> None:
    assert redactor("password", "password-of-ada").clean(b"a password-of-ada b password c") == b"a [N1] b [N0] c"
    assert redactor("abcdef123", "123xyzuvw").clean(b"-abcdef123xyzuvw-") in (b"-[N0]-", b"-[N1]-")


def test_text_without_a_value_is_the_same_object() -> None:
    data = b"x" * 1000
    assert redactor(TOKEN).clean(data) is data
    assert Redactor().clean(data) is data


def test_short_values_are_ignored_and_the_frame_of_a_pem_file_stays() -> None:
    made = redactor("12345", PEM)
    assert made.clean(b"12345 -----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n").startswith(b"12345 -----BEGIN")
    assert made.clean(PEM.splitlines()[2].encode()) == b"[N1]"


def test_both_ends_of_a_long_value_are_found_where_no_more_of_it_is_shown() -> None:
    value = "sk-canary-" + "".join(chr(97 + at * 7 % 26) + str(at) for at in range(40))
    shown = reprlib.Repr()
    shown.maxstring = 100  # as in IPython's tracebacks
    for text in (shown.repr(value), value[:46] + "...", f"{value[:46]}…{value[-47:]}"):
        cleaned = redactor(value).clean(text.encode())
        assert value[:40].encode() not in cleaned
        assert value[-40:].encode() not in cleaned
        assert b"[N0]" in cleaned
    assert redactor(value).clean(value.encode()) == b"[N0]"


def test_a_name_cannot_break_a_message() -> None:
    made = Redactor()
    made.add('a"b\\c\nd', TOKEN)
    assert json.loads(made.clean(json.dumps({"text": TOKEN}).encode())) == {"text": "[a_b_c_d]"}


def test_a_value_under_a_new_name_is_shown_with_that() -> None:
    made = Redactor()
    made.add("OLD", TOKEN)
    made.add("NEW", TOKEN)
    made.add("OLD", TOKEN)
    assert made.clean(TOKEN.encode()) == b"[NEW]"


def test_a_hundred_values_cost_about_as_much_as_one() -> None:
    source = random.Random(3)
    text = json.dumps([{"id": at, "v": source.random()} for at in range(100_000)]).encode()
    values = ["".join(source.choices(string.ascii_letters + string.digits, k=40)) for _ in range(100)]

    def seconds(made: Redactor) -> float:
        found = []
        for _ in range(7):
            begun = time.perf_counter()
            assert made.clean(text) is text
            found.append(time.perf_counter() - begun)
        return min(found)

    assert seconds(redactor(*values)) < 5 * seconds(redactor(values[0]))


QUOTED = ["new-ü\"q'x\\9", 'it\'s "a" \\n $HOME `x` <b>&amp;', "first of two lines\nanother line's end"]
PROGRAMS = {
    "Python's shlex": [sys.executable, "-c", "import os, shlex; print(shlex.quote(os.environ['V']))"],
    "bash -x": ["bash", "-c", 'set -x; true "$V"'],
    "bash's set": ["bash", "-c", "set | grep -a -A1 ^V="],
    "bash's printf": ["bash", "-c", 'printf %q "$V"'],
    "bash's declare": ["bash", "-c", "declare -p V"],
    "sh's export": ["sh", "-c", "export -p | grep -a -A1 V="],
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("value", QUOTED)
def test_a_value_is_found_as_other_programs_quote_it(program: str, value: str) -> None:
    run = subprocess.run(
        PROGRAMS[program], check=True, env={**os.environ, "V": value, "LC_ALL": "C.UTF-8"}, capture_output=True
    )
    shown = run.stdout + run.stderr
    redactor = Redactor()
    redactor.add("NAME", value)
    for text in (shown, json.dumps({"text": shown.decode()}).encode()):
        cleaned = redactor.clean(text).decode()
        assert "[NAME]" in cleaned
        assert not any(line[:6] in cleaned or line[-6:] in cleaned for line in value.splitlines())
