"""Secrets in a kernel: `datalayer_secrets.get("NAME")`, and outputs without their values.

One file that needs nothing but Python 3.8: a Jupyter server puts it on the path of its kernels, the package
`datalayer-secrets` brings it anywhere else, and the Jupyter server cleans with the same `Redactor`.
"""

from __future__ import annotations

import base64
import bisect
import html
import json
import re
import sys
import threading
import urllib.parse
from typing import Iterable, Iterator, NamedTuple, Tuple

__all__ = ["NEVER_EXPORTED", "Redactor", "is_never_exported"]


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
            ENV BASH_ENV BASHOPTS SHELLOPTS IFS CDPATH FPATH GLOBIGNORE PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 ZDOTDIR INPUTRC
            HISTFILE
            EDITOR VISUAL PAGER MANPAGER BROWSER LESSOPEN LESSCLOSE
            COMSPEC PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR OS USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH PUBLIC
            APPDATA LOCALAPPDATA PROGRAMDATA ALLUSERSPROFILE PSMODULEPATH __COMPAT_LAYER
            LIBPATH SHLIB_PATH GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH NLSPATH TZDIR MALLOC_CHECK_
            HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF
            NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY NODE_COMPILE_CACHE
            NODE_REPL_EXTERNAL_MODULE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS NODE_ICU_DATA NODE_CHANNEL_FD
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
#: Characters of a value that is found although a reader cut one of its characters: subprocesses are read by the kilobyte.
LONGEST_CUT = 500

#: Keys that the Jupyter protocol gives a meaning: a secret with the value "password" must not rename one.
PROTOCOL_KEYS = frozenset(
    b"""
    allow_stdin banner buffer_paths buffers code comm_id comms content cursor_end cursor_pos cursor_start data debugger
    detail_level display_id ename evalue execution_count execution_state file_extension help_links history implementation
    implementation_version indent language language_info matches metadata method mimetype password payload prompt
    protocol_version restart silent source started state status stop_on_error store_history supported_features
    target_module target_name traceback transient user_expressions version
    application/javascript application/json application/pdf image/gif image/jpeg image/png image/svg+xml
    text/html text/latex text/markdown text/plain
    """.split()
)

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
    if len(text) > LONGEST_CUT:
        return
    for at, character in enumerate(text):
        encoded = _to_bytes(character)
        for cut in range(1, len(encoded)):
            broken = encoded[:cut].decode("utf-8", "replace") + encoded[cut:].decode("utf-8", "replace")
            yield text[:at] + broken + text[at + 1 :]


def _written(text: str) -> set[str]:
    """The ways in which languages write a text between quotation marks, and the text."""
    ways = {text, html.escape(text), html.escape(text, quote=False)}
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


def _lines(value: str) -> Iterator[str]:
    """The lines of a value of several lines that are looked for on their own."""
    lines = re.split("[\r\n]+", value)
    for line in (line.strip() for line in lines if len(lines) > 1):
        # The frame of a PEM file is in every such file.
        if len(line) >= SHORTEST_LINE and not re.fullmatch("-----(BEGIN|END) [A-Z0-9 ]+-----", line):
            yield line


def _forms(value: str) -> frozenset[bytes]:
    """Every form of a value that is looked for."""
    raw = _to_bytes(value)
    texts = _written(value).union(*map(_written, _lines(value)))
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
        self._words: list[_Words] = []
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

    def in_(self, data: bytes) -> list[bytes]:
        """Those that are in it, the longest first."""
        candidates = {needle for needle in self._short if needle in data}
        for words in self._words:
            candidates.update(needle for needle in words.candidates(data) if needle in data)
        return sorted(candidates, key=len, reverse=True)

    def begun(self, data: bytes) -> int:
        """How many bytes at its end are the beginning of one, as many as possible."""
        for at in range(max(0, len(data) - self.longest + 1), len(data)):
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


def _spans(data: bytes, needles: Iterable[bytes]) -> list[_Span]:
    """Where they are, in order; what overlaps is one span, of the longest of them."""
    found: list[_Span] = []
    for needle in needles:
        size = len(needle)
        at = data.find(needle)
        while at >= 0:
            found.append((at, at + size, needle))
            at = data.find(needle, at + size)
    found.sort()
    merged: list[_Span] = []
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


def _is_protocol_key(data: bytes, start: int, end: int) -> bool:
    """Whether this lies in a key that the Jupyter protocol gives a meaning."""
    first = data.rfind(b'"', max(0, start - LONGEST_KEY), start) + 1
    last = data.find(b'"', end, end + LONGEST_KEY)
    return last >= 0 and data[last + 1 : last + 3].lstrip()[:1] == b":" and data[first:last] in PROTOCOL_KEYS


class Redactor:
    """Puts `[NAME]` in the place of every form of every value that it was told, whatever their number in one pass.

    Forms: as it is, in JSON (and JSON within JSON), `repr` (of text and bytes), HTML, URLs, hexadecimal, base64 wherever it
    begins, the longer lines of values of several lines. What a program splits or transforms is not found. Text that was
    valid JSON is so afterwards. May be used from several threads.
    """

    def __init__(self) -> None:
        self._adding = threading.Lock()
        self._names: dict[bytes, bytes] = {}
        self._built = _Needles({})

    def add(self, name: str, value: str) -> None:
        """From now on this value is replaced, for as long as this object lives. Under 6 characters it is ignored."""
        if len(value) < SHORTEST_VALUE:
            return
        shown = b"[" + _to_bytes(re.sub(r'["\\\x00-\x1f]', "_", name)) + b"]"
        new = {form: shown for form in _forms(value)}
        with self._adding:
            # What was there stays: one value under two names is shown with the first.
            self._names = {**new, **self._names}

    def clean(self, data: bytes) -> bytes:
        """The same with names for values; the same object if it holds none."""
        spans = self._found(data)
        if not spans:
            return data
        parts: list[bytes] = []
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
        for start, end, _ in self._found(tail):
            if start < cut < end:
                cut = start
        return len(tail) - cut

    @property
    def longest(self) -> int:
        """Bytes of the longest form."""
        return self._needles().longest

    def _needles(self) -> _Needles:
        built = self._built
        if built.names is not self._names:
            # Two threads may both do so: nobody waits for the other, not even after a fork.
            built = self._built = _Needles(self._names)
        return built

    def _found(self, data: bytes) -> list[_Span]:
        needles = self._needles().in_(data)
        if not needles:
            return []
        spans = _spans(data, needles)
        if any(needle in key for needle in needles for key in PROTOCOL_KEYS):
            spans = [span for span in spans if not _is_protocol_key(data, span[0], span[1])]
        if b"\\" not in data:
            return spans
        whole: list[_Span] = []
        for start, end, needle in spans:
            before, after = _cut_escape(data, start), _cut_escape(data, end)
            whole.append((before[0] if before else start, after[1] if after else end, needle))
        return whole
