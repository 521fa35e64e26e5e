"""Secrets in notebooks and programs: `datalayer_secrets.get("NAME")`, and outputs without their values.

In a notebook of a Jupyter server with Datalayer Secrets, what you allowed the notebook to use is in `os.environ` before
its first cell and follows your changes from cell to cell: what you allow is there in the next cell, what you revoke is
gone. A variable that you had before under the same name comes back then. One that you set or delete yourself afterwards
stays as you left it, also when the secret gets a new value or is revoked; `export` puts the secret back in its place.

`get` reads a secret at once, also one that cannot be a variable. Programs that a notebook starts have its variables,
but not the means to read more.

Every value that this process received is replaced by `[NAME]` in what a notebook shows, for as long as the process
runs.

One file that needs nothing but Python 3.8: a Jupyter server puts it on the path of its kernels, the package
`datalayer-secrets` brings it anywhere else, and the Jupyter server cleans with the same `Redactor`.
"""

from __future__ import annotations

import base64
import bisect
import contextlib
import html
import http.client
import ipaddress
import json
import os
import re
import select
import socket
import sys
import threading
import time
import urllib.parse
from collections import deque
from typing import Any, Callable, Iterable, Iterator, List, Mapping, NamedTuple, Tuple

__all__ = [
    "NotGranted",
    "SecretNotFound",
    "SecretsError",
    "ServiceUnavailable",
    "Timeout",
    "export",
    "get",
    "list",
]


# What may go wrong


class SecretsError(Exception):
    """A secret cannot be had. The message says why and what to do."""

    def __init__(self, message: str, name: str | None = None) -> None:
        super().__init__(message if name is None else f"{name}: {message}")
        #: Of the secret, if this is about one.
        self.name = name


class SecretNotFound(SecretsError):
    """There is no such secret."""


class NotGranted(SecretsError):
    """This notebook may not use it."""


class ServiceUnavailable(SecretsError):
    """There is nobody here who could be asked, or the vault is locked."""


class Timeout(SecretsError):
    """No answer came in time."""


# What programs call


def get(name: str) -> str:
    """Reads a secret now, be it a variable of this process or not.

    Raises `SecretNotFound`, `NotGranted`, `ServiceUnavailable`, `Timeout`.
    """
    return _access().get(name)


def list() -> List[str]:
    """The names of the secrets that may be read here, sorted. Raises as `get` does."""
    return _access().names()


def export(name: str) -> None:
    """Reads a secret and sets the variable of its name, whatever that holds now, for this process and those it starts.

    Not needed in a notebook for what it may use, which is there already. Raises as `get` does, and `SecretsError` for
    what cannot be a variable.
    """
    _access().export(name)


# Names that are never exported


class NeverExported(NamedTuple):
    """A name is compared after its ASCII letters are made upper case: whole, by prefix or by suffix."""

    names: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: The table of `shared/src/never-exported.ts`, where the reasons are; a test compares the two.
NEVER_EXPORTED = NeverExported(
    names=frozenset(
        _split("""
            PATH HOME SHELL USER LOGNAME PWD OLDPWD TERM TERMCAP TMPDIR TMP TEMP MAIL HOSTNAME
            ENV BASH_ENV BASHOPTS SHELLOPTS IFS CDPATH FPATH GLOBIGNORE PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4
            ZDOTDIR INPUTRC HISTFILE
            EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN LESSCLOSE
            COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR OS USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH PUBLIC
            APPDATA LOCALAPPDATA PROGRAMDATA ALLUSERSPROFILE PSMODULEPATH __COMPAT_LAYER
            LIBPATH SHLIB_PATH GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH NLSPATH TZDIR MALLOC_CHECK_
            HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF
            NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY
            NODE_COMPILE_CACHE NODE_REPL_EXTERNAL_MODULE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS NODE_ICU_DATA
            NODE_CHANNEL_FD
            BUN_OPTIONS DENO_DIR DENO_CERT DENO_TLS_CA_STORE
            VIRTUAL_ENV PYENV_ROOT PYENV_VERSION PIP_CONFIG_FILE UV_CONFIG_FILE __PYVENV_LAUNCHER__ MPLCONFIGDIR
            CONDA_EXE CONDA_PREFIX CONDA_PYTHON_EXE CONDA_ROOT CONDARC MAMBA_EXE MAMBA_ROOT_PREFIX MAMBARC
            PERLLIB PERL_MB_OPT PERL_MM_OPT PERL_UNICODE
            RUBYOPT RUBYLIB RUBYPATH RUBYSHELL RUBY_ENGINE GEM_HOME GEM_PATH BUNDLE_GEMFILE BUNDLE_PATH
            PHPRC PHP_INI_SCAN_DIR
            R_HOME R_LIBS R_LIBS_USER R_LIBS_SITE R_PROFILE R_PROFILE_USER R_ENVIRON R_ENVIRON_USER R_DEFAULT_PACKAGES
            R_SHARE_DIR
            JULIA_BINDIR JULIA_DEPOT_PATH JULIA_LOAD_PATH JULIA_PROJECT JULIA_EDITOR JULIA_SHELL JULIA_SSL_CA_ROOTS_PATH
            JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS JAVA_HOME JRE_HOME CLASSPATH
            CATALINA_OPTS GRADLE_OPTS MAVEN_OPTS SBT_OPTS HADOOP_CONF_DIR HADOOP_OPTS SPARK_HOME SPARK_CONF_DIR
            SPARK_SUBMIT_OPTS
            GOPATH GOROOT GOBIN GOENV GOFLAGS GOPROXY GOSUMDB GONOSUMDB GOINSECURE GOTOOLCHAIN
            CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN RUSTC RUSTC_WRAPPER RUSTFLAGS
            CC CXX CPP AR LD AS CFLAGS CXXFLAGS CPPFLAGS LDFLAGS MAKEFLAGS MFLAGS CPATH LIBRARY_PATH C_INCLUDE_PATH
            PKG_CONFIG_PATH
            GIT_ASKPASS GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE
            GIT_EXEC_PATH
            GIT_TEMPLATE_DIR GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND
            GIT_ALLOW_PROTOCOL
            GIT_ATTR_SOURCE GIT_TRACE GIT_CURL_VERBOSE
            SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS SSH_ASKPASS_REQUIRE SUDO_ASKPASS GNUPGHOME GPG_AGENT_INFO
            CURL_HOME CURL_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_CA_BUNDLE WGETRC NETRC SSLKEYLOGFILE
            OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES
            DISPLAY WAYLAND_DISPLAY XAUTHORITY GTK_MODULES GTK_PATH GTK3_MODULES GIO_EXTRA_MODULES GIO_MODULE_DIR
            QT_PLUGIN_PATH QT_QPA_PLATFORM_PLUGIN_PATH QML_IMPORT_PATH QML2_IMPORT_PATH
            LISTEN_FDS LISTEN_PID NOTIFY_SOCKET
            DATALAYER_URL DATALAYER_IAM_URL DATALAYER_RUN_URL DATALAYER_RUNTIMES_URL
        """)
    ),
    prefixes=_split("""
        LD_ DYLD_ _RLD BASH_FUNC_ PYTHON IPYTHON PYSPARK_ PERL5 LUA_PATH LUA_CPATH LUA_INIT NPM_CONFIG_ YARN_RC_
        COR_ CORECLR_ COMPLUS_ DOTNET_ GIT_SSH GIT_CONFIG GIT_SSL_ GIT_TRACE_ SSL_CERT_ TERMINFO
        ELECTRON_ VSCODE_ XDG_ DBUS_ JPY_ JUPYTER_ JUPYTERHUB_ DATALAYER_SECRETS_
    """),
    suffixes=_split("_PROXY"),
)


def is_never_exported(name: str) -> bool:
    """Whether a secret of this name must not become a variable: it would decide which code runs, or whom it trusts."""
    upper = re.sub("[a-z]+", lambda letters: letters.group().upper(), name)
    return (
        upper in NEVER_EXPORTED.names
        or upper.startswith(NEVER_EXPORTED.prefixes)
        or upper.endswith(NEVER_EXPORTED.suffixes)
    )


# Redaction

#: Characters. Shorter values would be found in ordinary words.
SHORTEST_VALUE = 6
#: Characters of a line of a value that is looked for on its own.
SHORTEST_LINE = 12
#: What is found is at least this long, in bytes.
SHORTEST_FORM = 6
#: Characters of a value that is found although a reader cut one of them: subprocesses are read by the kilobyte.
LONGEST_CUT = 500
#: Characters at both ends of a longer value that are looked for on their own, and how long such a value is: tables and
#: tracebacks show no more than the first 46 or both ends of what is long.
END, LONG = 40, 50

#: Keys that the Jupyter protocol gives a meaning: a secret with the value "password" must not rename one,
PROTOCOL_KEYS = frozenset(
    b"""
    allow_stdin banner buffer_paths buffers code comm_id comms content cursor_end cursor_pos cursor_start data debugger
    detail_level display_id ename evalue execution_count execution_state file_extension help_links history
    implementation implementation_version indent language language_info matches metadata method mimetype password
    payload prompt protocol_version restart silent source started state status stop_on_error store_history supported_features
    target_module target_name traceback transient user_expressions version
    application/javascript application/json application/pdf image/gif image/jpeg image/png image/svg+xml
    text/html text/latex text/markdown text/plain
    """.split()
)
#: and some of its words.
PROTOCOL_WORDS = frozenset((b"aborted", b"starting", b"stderr", b"stdout"))
LONGEST_KEY = max(map(len, PROTOCOL_KEYS))


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _quoted(text: str, ascii_only: bool) -> str:
    """As JSON writes it, without the quotation marks."""
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _cut_characters(text: str) -> Iterator[str]:
    """How a reader of bytes shows a text when a read ended within one of its characters, for each place.

    Many such characters, or a text longer than what is read at once, would have too many ways to be cut.
    """
    if len(text) > LONGEST_CUT or text.isascii():
        return
    for at, character in enumerate(text):
        encoded = _to_bytes(character)
        for cut in range(1, len(encoded)):
            broken = encoded[:cut].decode("utf-8", "replace") + encoded[cut:].decode("utf-8", "replace")
            yield text[:at] + broken + text[at + 1 :]


#: What LaTeX does not take as it is, and how it is written there. R shows each result in LaTeX too, also a text.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "|": r"\textbar{}",
        "[": "{[}",
        "]": "{]}",
        **{character: f"\\{character}" for character in "{}$_%#&"},
    }
)


def _elsewhere(text: str) -> Iterator[str]:
    """How other languages than Python write a text between quotation marks, or without any."""
    # R between one kind or the other, and what its results are in HTML and LaTeX; a shell's $'…'.
    double = _quoted(text, False).replace('\\"', '"')
    single = double.replace("'", "\\'")
    yield from (double, single, html.escape(single, quote=False), text.translate(_LATEX), single.translate(_LATEX))
    # Shells between apostrophes, which end for one of them, between quotation marks, and without.
    for apostrophe in ("'\\''", "'\"'\"'"):
        yield text.replace("'", apostrophe)
    yield re.sub(r'(["$`\\])', r"\\\1", text)
    yield re.sub(r"[ !\"$&'()*,;<>?\[\\\]^`{|}]", r"\\\g<0>", text)
    # JavaScript between backticks.
    yield re.sub(r"([`\\])", r"\\\1", text)


def _written(text: str) -> set[str]:
    """The ways in which languages write a text between quotation marks, and the text."""
    ways = {text, html.escape(text), html.escape(text, quote=False), *_elsewhere(text)}
    for way in (repr(text), ascii(text), repr(_to_bytes(text))[1:]):
        ways.add(way[1:-1])
        if "'" in text:  # beside both kinds of quotation marks it is escaped
            ways.add(way[1:-1].replace("'", "\\'"))
    once = {_quoted(way, ascii_only) for way in ways for ascii_only in (False, True)}
    # A message is JSON, which may show JSON, which may hold the JSON of a configuration.
    twice = {_quoted(way, ascii_only) for way in once for ascii_only in (False, True)}
    cut = set(_cut_characters(text))
    return ways | once | twice | {_quoted(way, False) for way in twice | cut} | cut


def _base64(raw: bytes) -> Iterator[str]:
    """What a text in base64 has of the value at each of the three places where it can begin, in both alphabets."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).decode()
        # Characters at both ends hold bits of the neighbours too.
        first = (0, 2, 3)[before]
        last = (0, 3, 2)[(before + len(raw)) % 3]
        text = text[first : len(text) - last]
        yield text
        yield text.replace("+", "-").replace("/", "_")


def _parts(value: str) -> Iterator[str]:
    """The lines of a value of several lines, or the ends of another, that are looked for on their own."""
    lines = re.split("[\r\n]+", value)
    if len(lines) == 1 and len(value) > LONG:
        yield value[:END]
        yield value[-END:]
    for line in (line.strip() for line in lines if len(lines) > 1):
        # The frame of a PEM file is in every such file.
        if len(line) >= SHORTEST_LINE and not re.fullmatch("-----(BEGIN|END) [A-Z0-9 ]+-----", line):
            yield line


def _forms(value: str) -> frozenset[bytes]:
    """Every form of a value that is looked for."""
    raw = _to_bytes(value)
    texts = _written(value).union(*map(_written, _parts(value)))
    # Strictly; Python's `quote`; JavaScript's `encodeURIComponent`.
    texts.update(urllib.parse.quote(raw, safe=safe) for safe in ("", "/", "!'()*"))
    texts.update((urllib.parse.quote_plus(raw), raw.hex(), raw.hex().upper()))
    texts.update(_base64(raw))
    return frozenset(form for form in map(_to_bytes, texts) if len(form) >= SHORTEST_FORM)


class _Words:
    """Finds which of many needles a text can hold at all, by looking at every so many bytes of it once.

    Of a needle of at least `step + width - 1` bytes any occurrence holds a whole word of `width` bytes that begins at a
    multiple of `step`. So its first `step` words, one for each way in which it can lie, tell whether it can be there.
    """

    def __init__(self, needles: Iterable[bytes], width: int, step: int) -> None:
        """`width` is 8 or 4 bytes, `step` a multiple of it or its half."""
        self._width = width
        self._step = step
        self._needles: dict[int, set[bytes]] = {}
        for needle in needles:
            for at in range(step):
                word = int.from_bytes(needle[at : at + width], sys.byteorder)
                self._needles.setdefault(word, set()).add(needle)
        self._words = frozenset(self._needles)

    def candidates(self, data: bytes) -> set[bytes]:
        """Those that may be there, and that have to be looked for."""
        found: set[bytes] = set()
        for offset in range(0, self._width, self._step):
            whole = memoryview(data)[offset : offset + (len(data) - offset) // self._width * self._width]
            words = whole.cast("Q" if self._width == 8 else "I")[:: max(1, self._step // self._width)]
            for word in self._words.intersection(words):
                found |= self._needles[word]
        return found


class _Needles:
    """All forms of all values at one time, and how to find them in one pass."""

    def __init__(self, names: dict[bytes, bytes]) -> None:
        """`names` has for each form what stands in its place."""
        self.names = names
        self.longest = max(map(len, names), default=0)
        long = [needle for needle in names if len(needle) >= 15]
        short = [needle for needle in names if len(needle) < 15]
        self._words: List[_Words] = []
        if long:
            self._words.append(_Words(long, 8, _widest_step(long, (32, 16, 8), 7)))
        # Looking for a few one by one costs less.
        if len(short) > 16:
            self._words.append(_Words(short, 4, _widest_step(short, (8, 4, 2), 3)))
            short = []
        self._short = short
        self._sorted = sorted(names)
        #: The first characters of each, up to eight.
        self._beginnings = frozenset(needle[:length] for needle in names for length in range(1, 9))
        #: Eight bytes in every 32 of each: the last 39 bytes of a beginning that is as long hold such a piece.
        self._pieces = frozenset(needle[at : at + 8] for needle in names for at in range(0, len(needle) - 7, 32))

    def in_(self, data: bytes) -> List[bytes]:
        """Those that are in it, the longest first."""
        candidates = {needle for needle in self._short if needle in data}
        for words in self._words:
            candidates.update(needle for needle in words.candidates(data) if needle in data)
        return sorted(candidates, key=len, reverse=True)

    def begun(self, data: bytes) -> int:
        """How many bytes at its end are the beginning of one, as many as possible."""
        end = data[-39:]
        is_long = any(end[at : at + 8] in self._pieces for at in range(len(end) - 7))
        most = self.longest - 1 if is_long else 38
        for at in range(max(0, len(data) - most), len(data)):
            if data[at : at + 8] in self._beginnings:
                rest = data[at:]
                place = bisect.bisect_left(self._sorted, rest)
                while place < len(self._sorted) and self._sorted[place].startswith(rest):
                    if len(self._sorted[place]) > len(rest):
                        return len(rest)
                    place += 1
        return 0


def _widest_step(needles: Iterable[bytes], steps: Iterable[int], more: int) -> int:
    shortest = min(map(len, needles))
    return next(step for step in steps if step + more <= shortest)


#: Where one begins and ends, and which.
_Span = Tuple[int, int, bytes]


def _spans(data: bytes, needles: Iterable[bytes]) -> List[_Span]:
    """Where they are, in order; what overlaps is one span, of the longest of them."""
    found: List[_Span] = []
    for needle in needles:
        size = len(needle)
        at = data.find(needle)
        while at >= 0:
            found.append((at, at + size, needle))
            at = data.find(needle, at + size)
    found.sort()
    merged: List[_Span] = []
    last = 0
    for start, end, needle in found:
        if start >= last:
            merged.append((start, end, needle))
        else:
            first, _, other = merged[-1]
            end = max(last, end)
            merged[-1] = (first, end, max(needle, other, key=len))
        last = end
    return merged


def _cut_escape(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the escape sequence of JSON begins and ends that a cut at this place would tear apart."""
    backslash = data.rfind(b"\\", max(0, at - 5), at)
    if backslash < 0:
        return None
    first = backslash
    while first > 0 and data[first - 1 : first] == b"\\":
        first -= 1
    if (backslash - first) % 2 == 1:  # the second of a pair
        return None
    end = backslash + (6 if data[backslash + 1 : backslash + 2] == b"u" else 2)
    return (backslash, end) if at < end else None


def _is_protocol(data: bytes, start: int, end: int) -> bool:
    """Whether this lies in a key or a word that the Jupyter protocol gives a meaning."""
    first = data.rfind(b'"', max(0, start - LONGEST_KEY), start) + 1
    last = data.find(b'"', end, end + LONGEST_KEY)
    if first == 0 or last < 0:
        return False
    if data[last + 1 : last + 3].lstrip()[:1] == b":":
        return data[first:last] in PROTOCOL_KEYS
    before = re.search(rb'"(execution_state|name|status)": ?"$', data[max(0, first - LONGEST_KEY) : first])
    return before is not None and data[first:last] in PROTOCOL_WORDS


def _is_number(form: bytes) -> bool:
    return re.fullmatch(rb"[0-9.eE+-]+", form) is not None


class Redactor:
    """Puts `[NAME]` in the place of every form of every value that it was told, whatever their number in one pass.

    Forms: as it is, in JSON (and JSON within JSON), `repr` (of text and bytes), HTML, URLs, hexadecimal, base64 wherever
    it begins, the longer lines of values of several lines, both ends of long ones. What a program splits or transforms
    is not found. Text that was valid JSON is so afterwards, unless one of its numbers was a value. May be used from
    several threads.
    """

    def __init__(self) -> None:
        self._adding = threading.Lock()
        self._added: set[tuple[str, str]] = set()
        self._names: dict[bytes, bytes] = {}
        #: Whether a value, or a form of one, could be a number in JSON.
        self.has_numbers = False
        self._built = _Needles({})

    def add(self, name: str, value: str) -> None:
        """From now on this value is replaced, for as long as this object lives. Under 6 characters it is ignored."""
        if len(value) < SHORTEST_VALUE or (name, value) in self._added:
            return
        shown = b"[" + _to_bytes(re.sub(r'["\\\x00-\x1f]', "_", name)) + b"]"
        new = {form: shown for form in _forms(value)}
        with self._adding:
            self.has_numbers = self.has_numbers or any(map(_is_number, new))
            # One value under two names is shown with the newer: it may have been renamed.
            self._names = {**self._names, **new}
            self._added.add((name, value))

    def clean(self, data: bytes) -> bytes:
        """The same with names for values; the same object if it holds none."""
        spans = self._found(data)
        if not spans:
            return data
        parts: List[bytes] = []
        done = 0
        for start, end, needle in spans:
            parts += (data[done:start], self._names[needle])
            done = end
        return b"".join((*parts, data[done:]))

    def held(self, data: bytes) -> int:
        """How many bytes at the end may be the beginning of a form.

        Who has text in pieces cleans and hands on all but these, and puts them before the next piece. Nothing that is
        handed on like this ends within a form that goes on in what is held.
        """
        needles = self._needles()
        begun = needles.begun(data)
        if begun == 0:
            return 0
        # A whole form, of another value, may reach into it.
        tail = data[max(0, len(data) - 2 * needles.longest) :]
        cut = len(tail) - begun
        for start, end, _ in reversed(self._found(tail)):
            if start < cut < end:
                cut = start
        return len(tail) - cut

    @property
    def longest(self) -> int:
        """Bytes of the longest form."""
        return self._needles().longest

    def after_fork(self) -> None:
        """A thread that is not in this process may have been adding."""
        self._adding = threading.Lock()

    def _needles(self) -> _Needles:
        built = self._built
        if built.names is not self._names:
            # Two threads may both do so: nobody waits for the other, not even after a fork.
            built = self._built = _Needles(self._names)
        return built

    def _found(self, data: bytes) -> List[_Span]:
        needles = self._needles().in_(data)
        if not needles:
            return []
        spans = _spans(data, needles)
        if any(needle in word for needle in needles for word in PROTOCOL_KEYS | PROTOCOL_WORDS):
            spans = [span for span in spans if not _is_protocol(data, span[0], span[1])]
        if b"\\" not in data:
            return spans
        whole: List[_Span] = []
        for start, end, needle in spans:
            before, after = _cut_escape(data, start), _cut_escape(data, end)
            whole.append((before[0] if before else start, after[1] if after else end, needle))
        return whole


# What ipykernel sends


class _Cleaning:
    """Takes values out of everything that an ipykernel sends."""

    def __init__(self, capability: str) -> None:
        self.redactor = Redactor()
        self.redactor.add("DATALAYER_SECRETS_TOKEN", capability)
        self._capability = Redactor()
        self._capability.add("DATALAYER_SECRETS_TOKEN", capability)
        #: False if the user wants to see values of this notebook. What this process may read with stays hidden.
        self.on = True
        self._tails: List[_Tail] = []

    def install(self, session: Any) -> None:
        """`session` is the `jupyter_client.session.Session` that all messages of this kernel go through."""
        pack = session.pack

        def clean_and_pack(part: Any) -> bytes:
            packed: bytes = pack(part)
            if isinstance(part, dict) and "msg_id" in part and "msg_type" in part:
                # A header. Nothing is sent before what came before it.
                if part.get("session") == session.session and part["msg_type"] != "stream":
                    self._let_go()
                return packed
            return self._clean(packed)

        session.pack = clean_and_pack
        # Absent in ipykernel before 6.29.
        self._tails = [_Tail(stream, self) for stream in (sys.stdout, sys.stderr) if hasattr(stream, "_flush_buffers")]

    @property
    def current(self) -> Redactor:
        return self.redactor if self.on else self._capability

    def after_fork(self) -> None:
        self.redactor.after_fork()

    def _let_go(self) -> None:
        for tail in self._tails:
            if tail.is_holding:
                tail.let_go()

    def _clean(self, packed: bytes) -> bytes:
        if packed[:1] != b"{":  # no JSON, so no client that shows it to anybody
            return packed
        cleaned = self.current.clean(packed)
        if cleaned is packed or not self.current.has_numbers:
            return cleaned
        try:
            json.loads(cleaned.decode("utf-8", "surrogateescape"))
        except ValueError:
            part = self._clean_part(json.loads(packed.decode("utf-8", "surrogateescape")))
            return json.dumps(part, ensure_ascii=False).encode("utf-8", "surrogateescape")
        return cleaned

    def _clean_part(self, part: Any) -> Any:
        """For a message that has a value as a number."""
        if isinstance(part, dict):
            return {self._clean_key(key): self._clean_part(inner) for key, inner in part.items()}
        if isinstance(part, List):
            return [self._clean_part(inner) for inner in part]
        if isinstance(part, str):
            return self._clean_text(part)
        if isinstance(part, (int, float)):
            text = repr(part)
            cleaned = self._clean_text(text)
            return part if cleaned == text else cleaned
        return part

    def _clean_key(self, key: str) -> str:
        return key if _to_bytes(key) in PROTOCOL_KEYS else self._clean_text(key)

    def _clean_text(self, text: str) -> str:
        return self.current.clean(_to_bytes(text)).decode("utf-8", "surrogatepass")


class _Held(NamedTuple):
    """What was not sent yet."""

    parent: dict[str, Any]
    text: str
    since: float


class _Tail:
    """Holds back the end of what a stream is about to send, while that may be the beginning of a value.

    ipykernel sends what there is every 0.2 s, and reads subprocesses by the kilobyte: both cut anywhere. What is held
    goes with the next piece, after 0.2 s without one, or before any other message.
    """

    def __init__(self, stream: Any, cleaning: _Cleaning) -> None:
        """`stream` is an `ipykernel.iostream.OutStream`."""
        self._stream = stream
        self._cleaning = cleaning
        self._pid = os.getpid()
        self._held: dict[Any, _Held] = {}
        self._is_last = False
        self._is_timed = False
        self._take: Callable[[], Iterable[tuple[dict[str, Any], str]]] = stream._flush_buffers
        stream._flush_buffers = self._flush_buffers

    @property
    def is_holding(self) -> bool:
        return bool(self._held) and os.getpid() == self._pid

    def let_go(self) -> None:
        """Sends all that there is, from any thread."""
        self._is_last = True
        self._stream.flush()

    def _flush_buffers(self) -> Iterable[tuple[dict[str, Any], str]]:
        """What to send now, with the header of the message that it answers. Runs in ipykernel's thread for sending."""
        if os.getpid() != self._pid:  # a fork: nobody would send what is held
            return self._take()
        sender = getattr(self._stream.pub_thread, "thread", None)
        is_last, self._is_last = self._is_last or sender is None or not sender.is_alive(), False
        texts = self._join(self._held, self._take())
        if is_last and any(map(self._begun, (held.text for held in texts.values()))):
            self._wait_for_reader()
            texts = self._join(texts, self._take())
        now = time.monotonic()
        self._held = {}
        sent = []
        for key, held in texts.items():
            is_stale = is_last or now - held.since >= self._stream.flush_interval
            cut = len(held.text) - (0 if is_stale else self._begun(held.text))
            sent.append((held.parent, held.text[:cut]))
            if cut < len(held.text):
                self._held[key] = held._replace(text=held.text[cut:])
        if self._held and not self._is_timed:
            self._is_timed = True
            self._stream._io_loop.call_later(self._stream.flush_interval, self._time_is_up)
        return sent

    def _join(self, held: dict[Any, _Held], pieces: Iterable[tuple[dict[str, Any], str]]) -> dict[Any, _Held]:
        joined = dict(held)
        for parent, text in pieces:
            key = frozenset(parent.items())
            if text:
                before = joined[key].text if key in joined else ""
                joined[key] = _Held(parent, before + text, time.monotonic())
        return joined

    def _begun(self, text: str) -> int:
        """How many characters at the end may be the beginning of a value."""
        redactor = self._cleaning.current
        data = _to_bytes(text[-2 * redactor.longest :])
        held = redactor.held(data)
        return len(data[len(data) - held :].decode("utf-8", "surrogatepass"))

    def _time_is_up(self) -> None:
        self._is_timed = False
        self._stream._flush()

    def _wait_for_reader(self) -> None:
        """Until the thread that reads what subprocesses print has written what it read, a tenth of a second at most."""
        reads = getattr(self._stream, "_fid", None)
        if reads is None:
            return
        poll = select.poll()
        poll.register(reads, select.POLLIN)
        for _ in range(10):
            time.sleep(0.01)
            if not poll.poll(0):
                return


# Asking


class _Answer(NamedTuple):
    status: int
    etag: str | None
    body: Mapping[str, Any]


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Agent:
    """The Jupyter server, which reads secrets for its kernels. Never by a proxy; several threads may ask."""

    def __init__(self, url: str, capability: str) -> None:
        """`url` begins with `http:`, `https:` or `http+unix:`, whose host is the path of the socket, percent-encoded."""
        self._url = urllib.parse.urlsplit(url)
        self._capability = capability
        #: Whether messages of this kernel are cleaned before they are sent.
        self.cleans = False
        #: Connections that nobody uses at present, a few.
        self._idle: deque[http.client.HTTPConnection] = deque()

    def ask(self, path: str, seconds: float, etag: str | None = None) -> _Answer:
        """Asks once. Raises `Timeout` and `ServiceUnavailable`."""
        try:
            return self._ask(path, seconds, etag)
        except socket.timeout:
            raise Timeout("The Jupyter server did not answer in time. Run this again in a moment.") from None
        except (OSError, http.client.HTTPException):
            raise ServiceUnavailable(
                "The Jupyter server cannot be reached from here. Check that it runs, and restart the kernel."
            ) from None
        except ValueError:
            raise _not_understood() from None

    def after_fork(self) -> None:
        """The other process goes on using those."""
        self._idle.clear()

    def _ask(self, path: str, seconds: float, etag: str | None) -> _Answer:
        try:
            kept = self._idle.pop()
        except IndexError:
            return self._ask_on(self._connection(seconds), path, etag)
        try:
            kept.sock.settimeout(seconds)
            return self._ask_on(kept, path, etag)
        except socket.timeout:
            raise
        except (OSError, http.client.HTTPException):
            # The server had ended it meanwhile.
            return self._ask_on(self._connection(seconds), path, etag)

    def _ask_on(self, connection: http.client.HTTPConnection, path: str, etag: str | None) -> _Answer:
        headers = {"Datalayer-Secrets-Token": self._capability}
        if self.cleans:
            headers["Datalayer-Secrets-Redacts"] = "1"
        if etag is not None:
            headers["If-None-Match"] = etag
        try:
            connection.request("GET", f"{self._url.path}/{path}", headers=headers)
            response = connection.getresponse()
            body = response.read()
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None and len(self._idle) < 4:
            self._idle.append(connection)
        else:
            connection.close()
        found = json.loads(body) if body else {}
        return _Answer(response.status, response.getheader("ETag"), found if isinstance(found, dict) else {})

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if self._url.scheme == "http+unix":
            return _UnixConnection(urllib.parse.unquote(self._url.netloc), seconds)
        host = self._url.hostname or ""
        if self._url.scheme != "https":
            return http.client.HTTPConnection(host, self._url.port, timeout=seconds)
        import ssl  # slow to import, and rarely needed

        context = ssl.create_default_context()
        if _is_loopback(host):
            # Whatever name its certificate has, and whoever signed it: nobody else can listen there but this machine.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, self._url.port, timeout=seconds, context=context)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _not_understood() -> ServiceUnavailable:
    return ServiceUnavailable("The Jupyter server's answer was not understood. Restart the server, then the kernel.")


# Variables

#: Why a secret that this notebook may use is left out at present. What there is of it stays.
TRANSIENT = frozenset(("failed", "locked", "no_service", "timeout"))


class _Variables:
    """Those of this process that hold secrets, and what was there before."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._ours: dict[str, str] = {}
        self._before: dict[str, str | None] = {}
        #: Those that the program asked for by name.
        self._asked: set[str] = set()

    def follow(self, variables: Mapping[str, str], left_out: Mapping[str, str]) -> None:
        """Sets those, and takes back all others but what is left out for the moment."""
        with self._changing:
            for name in [*self._ours]:
                stays = name in left_out and (left_out[name] in TRANSIENT or name in self._asked)
                if name not in variables and not stays:
                    self._take_back(name)
            for name, value in variables.items():
                if name in self._ours and os.environ.get(name) != self._ours[name]:
                    continue  # the user's by now
                self._set(name, value)

    def export(self, name: str, value: str) -> None:
        """Sets one, whatever it holds now."""
        with self._changing:
            if not self._set(name, value):
                raise SecretsError("This value cannot be a variable. Read it with get().", name)
            self._asked.add(name)

    def after_fork(self) -> None:
        self._changing = threading.Lock()

    def _set(self, name: str, value: str) -> bool:
        if is_never_exported(name):
            return False
        before = os.environ.get(name)
        if before != value:
            try:
                os.environ[name] = value
            except (OSError, ValueError):  # a NUL, a name that is none, no room
                return False
        if name not in self._ours or before not in (self._ours[name], value):
            # The same may have been there since the start of this process.
            self._before[name] = None if before == value else before
        self._ours[name] = value
        return True

    def _take_back(self, name: str) -> None:
        value, before = self._ours.pop(name), self._before.pop(name)
        self._asked.discard(name)
        if os.environ.get(name) != value:
            return  # the user's by now
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


# All of it

#: Seconds that a cell waits for a server that hangs. The server itself answers within two.
CELL = 2.5
#: Seconds that a kernel waits before its first cell: the service may be starting. The server itself answers within 4.5.
START = 5.0
#: Seconds that a program waits for what it asked for. The server itself answers within eight.
CALL = 10.0
#: Seconds without asking after a first failure, doubled with each.
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0


class _Access:
    """What this process has of the agent: variables, values by name, and outputs without them."""

    def __init__(self, url: str, capability: str) -> None:
        self._agent = _Agent(url, capability)
        self._cleaning = _Cleaning(capability)
        self._variables = _Variables()
        self._etag: str | None = None
        self._pause = 0.0
        self._silent_until = 0.0

    def load(self, shell: Any) -> None:
        """Cleans what this kernel sends, sets its variables, and follows changes before each cell."""
        session = getattr(getattr(shell, "kernel", None), "session", None)
        if session is not None:
            self._cleaning.install(session)
            self._agent.cleans = True
        self.pull(START)
        shell.events.register("pre_run_cell", lambda *_: self.pull(CELL))

    def pull(self, seconds: float) -> None:
        """Asks what is to be in the environment now. Never fails; a server that does is left alone for a while."""
        if time.monotonic() < self._silent_until:
            return
        try:
            self._pull(seconds)
        except (Exception, KeyboardInterrupt):
            self._pause = min(LONGEST_PAUSE, 2 * self._pause or FIRST_PAUSE)
            self._silent_until = time.monotonic() + self._pause
        else:
            self._pause = 0.0

    def get(self, name: str) -> str:
        _demand_name(name)
        answer = self._ask_for(name)
        value = answer.body.get("value")
        if answer.status != 200 or not isinstance(value, str):
            raise _refusal(answer, name)
        self._cleaning.redactor.add(name, value)
        return value

    def names(self) -> List[str]:
        answer = self._agent.ask("secrets", CALL)
        names = answer.body.get("names")
        if answer.status != 200 or not isinstance(names, List):
            raise _refusal(answer, None)
        return sorted(map(str, names))

    def export(self, name: str) -> None:
        _demand_name(name)
        if is_never_exported(name):
            raise SecretsError("This name is never exported: it decides which code runs. Read it with get().", name)
        self._variables.export(name, self.get(name))

    def after_fork(self) -> None:
        self._agent.after_fork()
        self._cleaning.after_fork()
        self._variables.after_fork()

    def _ask_for(self, name: str) -> _Answer:
        data = _to_bytes(name)
        if self._cleaning.redactor.clean(data) is not data:
            raise SecretNotFound("This is the value of a secret. Give its name.")
        answer = self._agent.ask(f"secrets/{urllib.parse.quote(name, safe='')}", CALL)
        self._silent_until = 0.0
        return answer

    def _pull(self, seconds: float) -> None:
        answer = self._agent.ask("variables", seconds, self._etag)
        if answer.status == 304:
            return
        variables, left_out = answer.body.get("variables"), answer.body.get("left_out")
        if answer.status != 200 or not isinstance(variables, dict) or not isinstance(left_out, dict):
            raise _refusal(answer, None)
        for name, value in variables.items():
            self._cleaning.redactor.add(name, value)
        self._cleaning.on = answer.body.get("redact") is not False
        self._variables.follow(variables, left_out)
        self._etag = answer.etag


def _demand_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError("The name of a secret is a string.")


def _refusal(answer: _Answer, name: str | None) -> SecretsError:
    code, message = answer.body.get("code"), answer.body.get("message")
    if code == "forbidden":
        return ServiceUnavailable("The Jupyter server does not know this kernel any more. Restart the kernel.")
    if not isinstance(message, str):
        return _not_understood()
    if code == "not_granted":
        return NotGranted(message, name)
    if code == "not_found":
        return SecretNotFound(message, name)
    return (Timeout if code == "timeout" else ServiceUnavailable)(message, name)


#: That of this process, kept should this file be loaded again: what it reads with is no longer in the environment then.
_here: _Access | None = globals().get("_here")


def _access() -> _Access:
    global _here
    if _here is None:
        url, capability = os.environ.get("DATALAYER_SECRETS_URL"), os.environ.get("DATALAYER_SECRETS_TOKEN")
        if not url or not capability:
            raise ServiceUnavailable(
                "No secrets can be read here. Start the program with `datalayer-secrets run -- python …`, or use a "
                "notebook of a Jupyter server that has Datalayer Secrets. A program that a notebook starts has the "
                "notebook's secrets in os.environ."
            )
        _here = _Access(url, capability)
    return _here


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython at the start of a kernel, before its first cell. Never fails."""
    global _here
    url = os.environ.pop("DATALAYER_SECRETS_URL", None)
    capability = os.environ.pop("DATALAYER_SECRETS_TOKEN", None)
    if not url or not capability:
        return
    # A kernel without secrets is still one: whoever needs them is told so by get().
    with contextlib.suppress(Exception):
        _here = _Access(url, capability)
        _here.load(shell)


def _after_fork() -> None:
    if _here is not None:
        _here.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
