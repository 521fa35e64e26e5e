"""Kernels without our helper, and how a value is shown in each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Language:
    """`{}` in its code stands for a variable's name."""

    name: str
    command: tuple[str, ...]
    #: Shows the value and nothing else.
    printing: str
    #: Ways to show it, whatever comes with it.
    showing: tuple[str, ...]
    #: Has another program print it.
    in_a_program: str
    #: Prints the lines 1 to as many as it prints whole without losing one, whoever listens.
    lines: str
    count: int


BASH = Language(
    "bash",
    (sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"),
    'printf %s "${}"',
    (
        'echo "${}"',
        "env # {}",
        "export # {}",
        "set # {}",
        'ls -- "${}"',
        'printf %q "${}"',
        '(set -x; : "${}")',
        'cat <<< "${}" >&2',
        'printf %s "${}" | base64 -w 0',
        'printf %s "${}" | od -A n -t x1 | tr -d " \\n"',
    ),
    "sh -c 'echo \"${}\"'",
    "seq 500",  # each line is a message, of which ZMQ drops those that come too fast
    500,
)
R = Language(
    "ir",
    ("R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"),
    'cat(Sys.getenv("{}"))',
    (
        'Sys.getenv("{}")',
        'print(Sys.getenv("{}"))',
        'list(a = Sys.getenv("{}"))',
        'data.frame(a = Sys.getenv("{}"))',
        'message(Sys.getenv("{}"))',
        'stop(Sys.getenv("{}"))',
        'warning(Sys.getenv("{}"))',
        'IRdisplay::display_html(Sys.getenv("{}"))',
    ),
    'system("echo \\"${}\\"", intern = TRUE)',
    'cat(paste0(1:10000, "\\n"), sep = "")',  # ten times as many take its kernel a minute
    10_000,
)
#: Python that takes nothing from around it, so our helper is not in it.
ISOLATED = Language(
    "isolated",
    (sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"),
    'import os; print(os.environ["{}"], end="")',
    (
        'import os; os.environ["{}"]',
        "import os; dict(os.environ)",
        'import os; raise ValueError(os.environ["{}"])',
        'import os, sys; print(os.environ["{}"], file=sys.stderr)',
        'from IPython.display import JSON; import os; JSON({"a": [os.environ["{}"]], os.environ["{}"]: 1})',
        'import os; os.environ["{}"].encode()',
        '!echo "${}"',
        '%%bash\necho "${}" >&2',
    ),
    "import subprocess; subprocess.check_output('echo \"${}\"', shell=True, text=True)",
    "for line in range(1, 100_001): print(line)",
    100_000,
)
LANGUAGES = (BASH, R, ISOLATED)


@cache
def r_is_missing() -> str | None:
    """What to do so that R's kernel is there, or null."""
    test = 'quit(status = !requireNamespace("IRkernel", quietly = TRUE))'
    if shutil.which("Rscript") and subprocess.run(["Rscript", "-e", test], check=False).returncode == 0:
        return None
    return f"no R with IRkernel; {'' if os.getuid() == 0 else 'sudo '}apt-get install -y r-cran-irkernel"


def demand(language: Language) -> None:
    """Makes the language's kernel known to servers, in `JUPYTER_DATA_DIR`. Skips the test where it cannot be had."""
    if language is R and (missing := r_is_missing()) is not None:
        pytest.skip(missing)
    folder = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / language.name
    folder.mkdir(parents=True, exist_ok=True)
    said = {"argv": language.command, "display_name": language.name, "language": language.name}
    (folder / "kernel.json").write_text(json.dumps(said))
