"""The console script `datalayer-secrets`: the command line of the bundled service."""

from __future__ import annotations

import os
import subprocess
import sys

from .errors import SecretsError
from .program import find_program


def main() -> int:
    """Becomes that program; on Windows, which cannot, waits for it and hands on its exit code."""
    try:
        command = [*find_program(), *sys.argv[1:]]
    except SecretsError:
        sys.stderr.write("datalayer-secrets: a part of the installation is missing. Install the package again.\n")
        return 1
    if os.name != "nt":
        os.execv(command[0], command)
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130  # the program got it too and has ended


if __name__ == "__main__":
    sys.exit(main())
