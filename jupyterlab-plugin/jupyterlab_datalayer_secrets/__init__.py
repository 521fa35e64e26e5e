"""Datalayer Secrets in JupyterLab: the server's side.

A thin layer over the secrets service of this machine. It starts the service, hands typed requests of pages to it, and
tells pages that something changed. No route that a page can call returns a value, and no page holds a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

LABEXTENSION = "@datalayer-secrets/jupyterlab"


def __getattr__(name: str) -> str:
    """`__version__`, read from the package's metadata only when somebody asks."""
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("jupyterlab-datalayer-secrets")
    except PackageNotFoundError:
        raise AttributeError(name) from None


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": LABEXTENSION}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .extension import DatalayerSecrets

    return [{"module": "jupyterlab_datalayer_secrets", "app": DatalayerSecrets}]


def _load_jupyter_server_extension(serverapp: ServerApp) -> None:
    """For programs that load the module instead of its extension point."""
    from .extension import DatalayerSecrets

    DatalayerSecrets._load_jupyter_server_extension(serverapp)  # type: ignore[no-untyped-call]
