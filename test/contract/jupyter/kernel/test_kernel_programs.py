"""The same file in programs that are no notebooks, and on every kind of connection."""

from __future__ import annotations

import ast
import datetime
import ssl
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kernel_fixtures import script
from running_kernel import HELPER
from small_agent import SmallAgent

CANARY = "canary-" + "0123456789abcdefXYZ"
SOURCE = HELPER / "datalayer_secrets.py"
GET = "import datalayer_secrets as d, os; print(len(d.get('A_KEY')), d.list(), 'DATALAYER_SECRETS_TOKEN' in os.environ)"


def test_outside_of_jupyter_it_says_how_to_start_the_program() -> None:
    done = script("import datalayer_secrets", {})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = script("import datalayer_secrets; datalayer_secrets.get('A_KEY')", {})
    assert "datalayer_secrets.ServiceUnavailable: " in done.stderr
    assert "datalayer-secrets run -- python" in done.stderr


def test_a_program_that_has_address_and_capability_reads_and_hands_them_on() -> None:
    with SmallAgent() as agent:
        agent.variables = {"A_KEY": CANARY}
        assert script(GET, agent.environment).stdout == f"{len(CANARY)} ['A_KEY'] True\n"
        assert "datalayer-secrets-redacts" not in agent.asked[0][2], "it cleans nothing"


def test_a_server_below_a_base_address_is_reached_without_a_proxy() -> None:
    proxies = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    with SmallAgent(base="/user/ada%20l/") as agent:
        agent.variables = {"A_KEY": CANARY}
        assert script(GET, {**agent.environment, **proxies}).stdout.startswith(f"{len(CANARY)} ")


def test_a_server_on_a_unix_socket_is_reached(tmp_path: Path) -> None:
    with SmallAgent(unix=tmp_path / "socket of jupyter") as agent:
        agent.variables = {"A_KEY": CANARY}
        assert script(GET, agent.environment).stdout.startswith(f"{len(CANARY)} ")


def test_a_certificate_that_nobody_signed_is_taken_on_this_machine_only(tmp_path: Path) -> None:
    with SmallAgent(tls=_self_signed(tmp_path)) as agent:
        agent.variables = {"A_KEY": CANARY}
        assert script(GET, agent.environment).stdout.startswith(f"{len(CANARY)} ")
        modes = (
            "import datalayer_secrets as d; c = d._Agent({!r}, '')._connection(1)._context; print(c.verify_mode.name)"
        )
        for url, mode in [("https://[::1]/", "CERT_NONE"), ("https://10.0.0.1/", "CERT_REQUIRED")]:
            assert script(modes.format(url), {}).stdout == f"{mode}\n"


def test_a_connection_is_used_again_and_one_that_the_server_ended_is_made_anew() -> None:
    with SmallAgent() as agent:
        agent.variables = {"A_KEY": CANARY}
        done = script(
            "import datalayer_secrets as d, socket\n"
            "for _ in range(3): d.get('A_KEY')\n"
            "idle = d._here._agent._idle\nfirst = idle[0].sock\nprint(len(idle))\n"
            "first.shutdown(socket.SHUT_RDWR)\n"
            "d.get('A_KEY'); print(len(idle), idle[0].sock is first)",
            agent.environment,
        )
        assert done.stdout == "1\n1 False\n"


def test_it_is_written_for_python_3_8_and_needs_nothing_else() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 8))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    assert [path.name for path in HELPER.iterdir() if path.name != "__pycache__"] == [SOURCE.name]


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    certificate = (
        built.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize("code", ["d.get(7)", "d.get(b'A_KEY')", "d.export(None)"])
def test_a_name_is_a_string(code: str) -> None:
    with SmallAgent() as agent:
        assert (
            "TypeError: The name of a secret is a string."
            in script(f"import datalayer_secrets as d; {code}", agent.environment).stderr
        )
        assert agent.arrived == []
