"""Values that are awkward to find, and the ways in which a notebook shows one."""

from __future__ import annotations

import base64

TOKEN = "hf_Canary" + "0123456789abcdefXYZ"
#: For every writer of text something to escape, and characters of several bytes.
AWKWARD = "kánary \"ß' \\with 100% <b>&amp; €/+="
#: Lines that are found on their own.
PEM = "\n".join(
    [
        "-----BEGIN PRIVATE KEY-----",
        *(base64.b64encode(bytes((37 * line + at) % 251 for at in range(48))).decode() for line in range(6)),
        "-----END PRIVATE KEY-----",
        "",
    ]
)
#: JSON could hold it as a number.
DIGITS = "84129077531"

VALUES = {"TOKEN": TOKEN, "AWKWARD": AWKWARD, "PEM": PEM, "DIGITS": DIGITS}

#: `v` is the value, `NAME` the name of its variable.
SHOWN = {
    "print": "print(v)",
    "print of a part of a line": "print('a', v, 'b', sep='', end='')",
    "the result of a cell": "v",
    "repr": "print(repr(v))",
    "repr among both quotation marks": "print(repr('\"' + v + \"'\"))",
    "repr of bytes": "v.encode()",
    "ascii": "print(ascii(v))",
    "a dict": "{'a': v, v: 1}",
    "the whole environment": "dict(os.environ)",
    "os.environ itself": "os.environ",
    "JSON in a text": "import json; print(json.dumps({'a': v}))",
    "JSON in JSON": "print(json.dumps(json.dumps({'a': [v]})))",
    "URL": "import urllib.parse; print('https://x.example/?q=' + urllib.parse.quote(v, safe=''))",
    "query": "print(urllib.parse.urlencode({'q': v}))",
    "hexadecimal": "print(v.encode().hex(), v.encode().hex().upper())",
    "base64": "import base64; print(base64.b64encode(v.encode()).decode())",
    "base64 for HTTP Basic": "print(base64.b64encode(b'user:' + v.encode()).decode())",
    "base64 at its third place": "print(base64.urlsafe_b64encode(b'ab' + v.encode() + b'cd').decode())",
    "HTML": "from IPython.display import *; display(HTML('<b title=\"' + v + '\">' + v + '</b>'))",
    "escaped HTML": "import html; display(HTML('<b>' + html.escape(v) + '</b>'))",
    "Markdown": "display(Markdown('# ' + v))",
    "JSON": "display(JSON({'a': [v], v: {'b': v}}))",
    "any MIME type": "display({'application/vnd.x+json': {'deep': [{'er': v}]}, 'text/plain': v}, raw=True)",
    "an update of a display": "h = display('-', display_id=True); h.update('now ' + v)",
    "metadata": "display({'text/plain': '-'}, metadata={'text/plain': {'a': v}}, raw=True)",
    "a pager": "from IPython.core.page import page; page(v)",
    "the question mark": "get_ipython().run_line_magic('pinfo', 'v')",
    "!echo": '!echo "$NAME"',
    "!! of a command": '!!printf "%s" "$NAME"',
    "%%bash": '%%bash\necho "$NAME"',
    "%%bash on the other stream": '%%bash\necho "$NAME" >&2',
    "a subprocess": "import subprocess; subprocess.run(['sh', '-c', 'printf %s \"$NAME\"'])",
    "output of a subprocess": "subprocess.run(['printenv', 'NAME'], capture_output=True)",
    "os.system": "os.system('printenv NAME')",
    "os.write": "os.write(1, v.encode())",
    "C": "import ctypes; libc = ctypes.CDLL(None); libc.puts(v.encode()); libc.fflush(None)",
    "stderr": "import sys; print(v, file=sys.stderr)",
    "logging": "import logging; logging.warning('sent %s', v)",
    "warnings": "import warnings; warnings.warn(v)",
    "a thread": "import threading; t = threading.Thread(target=print, args=(v,)); t.start(); t.join()",
    "forked workers": "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as p: p.map(print, [v] * 3)",
    "what forked workers return": "with mp.get_context('fork').Pool(2) as p: print(p.map(str, [v] * 3))",
    "spawned workers": "with mp.get_context('spawn').Pool(1) as p: p.apply(os.system, ('printenv NAME',))",
    "what spawned workers return": "with mp.get_context('spawn').Pool(1) as p: print(p.apply(os.getenv, ('NAME',)))",
    "asyncio": "import asyncio\nasync def f(): print(v)\nawait asyncio.gather(f(), f())",
    "widgets": "from comm import create_comm; create_comm(target_name='x', data={'a': v}).send({'b': [v]})",
}

#: Ways to end a cell, with the same.
RAISED = {
    "the message of an exception": "raise ValueError('bad ' + v)",
    "a key that is missing": "{}[v]",
    "a chain of exceptions": "try:\n    int(v + 'x')\nexcept ValueError as e:\n    raise RuntimeError(v) from e",
    "local variables in a traceback": "%xmode Verbose\ndef f(a):\n    b = {'b': a}\n    raise ValueError\nf(v)",
    "an exit with a message": "raise SystemExit(v)",
}
