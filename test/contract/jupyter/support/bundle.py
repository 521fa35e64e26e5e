"""The bundled service, where the Python package expects it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from jupyterlab_datalayer_secrets import program

ROOT = Path(__file__).resolve().parents[4]


def demand_service() -> None:
    """Builds it into the package where it is absent, with the interpreter that runs it."""
    if program.SERVICE.is_file():
        return
    program.SERVICE.parent.mkdir(exist_ok=True)
    program.SERVICE.touch()
    try:
        node, _ = program.find_program()
    finally:
        program.SERVICE.unlink()
    subprocess.run([node, "server/build.mjs"], cwd=ROOT, check=True)
    for name in ("keyring.node", "service.cjs"):
        shutil.copy2(ROOT / "server" / "dist" / name, program.SERVICE.parent / name)
