"""Kernels refuse the names that the editors warn about."""

from __future__ import annotations

import json
import subprocess

from support.bundle import ROOT

from jupyterlab_datalayer_secrets.kernel.datalayer_secrets import NEVER_EXPORTED, is_never_exported
from jupyterlab_datalayer_secrets.program import find_program

PLAIN = "path Path PATHS MY_PATH ld_x LD http_proxy PROXY X_proxy pythonpath HF_TOKEN GIT_TOKEN DATALAYER_API_KEY"
#: Letters that become ASCII ones when they are made upper case as language has it.
FOREIGN = [
    "P\N{LATIN SMALL LETTER DOTLESS I}P_CONFIG_FILE",
    "\N{LATIN SMALL LETTER LONG S}HELL",
    "\N{LATIN SMALL LIGATURE FF}_PROXY",
]


def test_the_table_is_the_one_of_the_editors() -> None:
    node, _ = find_program()
    probes = [*PLAIN.split(), *FOREIGN, "", *NEVER_EXPORTED.names]
    code = (
        f"import {{ NEVER_EXPORTED, isNeverExported }} from {json.dumps((ROOT / 'shared/src/never-exported.ts').as_uri())};"
        "const probes = JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify([NEVER_EXPORTED, probes.map(isNeverExported)]));"
    )
    said = subprocess.run(
        [node, "--input-type=module", "--eval", code, json.dumps(probes)], capture_output=True, check=True, timeout=60
    )
    table, probed = json.loads(said.stdout)
    assert NEVER_EXPORTED.names == {*table["names"]}
    assert [*NEVER_EXPORTED.prefixes] == table["prefixes"]
    assert [*NEVER_EXPORTED.suffixes] == table["suffixes"]
    assert [*map(is_never_exported, probes)] == probed
