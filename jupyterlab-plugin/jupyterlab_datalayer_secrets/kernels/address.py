"""Where kernels of this machine reach their server."""

from __future__ import annotations

from typing import Final

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join, urlencode_unix_socket_path

from ..page_handler import PREFIX

#: Addresses at which a server also answers under 127.0.0.1. Not `::`, whose sockets Jupyter opens for IPv6 alone.
_HERE: Final = ("", "*", "0.0.0.0", "localhost", "127.0.0.1")


def kernel_url(app: ServerApp) -> str:
    """
    The address of the route for kernels, with a percent-encoded path as its host where the server listens on a Unix
    socket. Which port the server has is known only when it listens, so this is asked for each kernel anew.
    """
    path = url_path_join(app.base_url, PREFIX, "kernel")
    if app.sock:
        return f"http+unix://{urlencode_unix_socket_path(app.sock)}{path}"
    ip = "127.0.0.1" if app.ip in _HERE else "::1" if app.ip == "::" else app.ip
    host = f"[{ip}]" if ":" in ip else ip
    return f"{'https' if app.ssl_options else 'http'}://{host}:{app.port}{path}"
