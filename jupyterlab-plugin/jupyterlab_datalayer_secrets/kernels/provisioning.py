"""Having a part in every start of a kernel: at the one place that no way to start one goes around."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from jupyter_server.serverapp import ServerApp

if TYPE_CHECKING:
    from .kernels import Kernels

#: Marks our function, with the server that it is for.
_OURS: Final = "datalayer_secrets_of"

#: Null once it has ended.
Find = Callable[[], "Kernels | None"]


class AlreadyThere(RuntimeError):
    """The kernels of this server are taken care of."""


def join_starts(app: ServerApp, find: Find) -> Callable[[], None]:
    """
    From now on kernels of this server are started with what the agent has for them, whoever starts or restarts them, and
    in whatever way. `find` is called for with the first. Gives what undoes it, but for kernels that are there by then.
    Raises `AlreadyThere`.
    """
    factory = KernelProvisionerFactory.instance(parent=app.kernel_manager)
    before: Callable[..., KernelProvisionerBase] = factory.create_provisioner_instance
    if getattr(before, _OURS, None) is app:
        raise AlreadyThere

    def create(kernel_id: str, kernel_spec: Any, parent: Any) -> KernelProvisionerBase:
        provisioner = before(kernel_id, kernel_spec, parent)
        if _is_of(parent, app):
            _Start(provisioner, kernel_id, find).join()
        return provisioner

    setattr(create, _OURS, app)
    factory.create_provisioner_instance = create  # type: ignore[method-assign]

    def leave() -> None:
        # Whoever did the same after us keeps what he has; without the agent it does nothing.
        if factory.create_provisioner_instance is create:
            factory.create_provisioner_instance = before  # type: ignore[method-assign]

    return leave


class _Start:
    """One provisioner, which starts its kernel again and again. A start that we cannot help with is not hindered."""

    def __init__(self, provisioner: KernelProvisionerBase, kernel_id: str, find: Find) -> None:
        self._provisioner = provisioner
        self._kernel_id = kernel_id
        self._find = find
        self._pre_launch = provisioner.pre_launch
        self._cleanup = provisioner.cleanup

    def join(self) -> None:
        provisioner = self._provisioner
        try:
            kernels = self._find()
            if kernels is not None:
                kernels.prepare(provisioner)
        except Exception as error:
            self._warn(error)
        self._launch_kernel = provisioner.launch_kernel
        provisioner.pre_launch = self.pre_launch  # type: ignore[method-assign]
        provisioner.launch_kernel = self.launch_kernel  # type: ignore[method-assign]
        provisioner.cleanup = self.cleanup  # type: ignore[method-assign]

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        kwargs = await self._pre_launch(**kwargs)
        try:
            kwargs = {**kwargs, "env": _without_ours(kwargs["env"], self._provisioner.kernel_spec.env)}
            return {**kwargs, **await self._added(kwargs)}
        except Exception as error:
            self._warn(error)
            return kwargs

    async def _added(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        kernels = self._find()
        if kernels is None:
            return {}
        if not isinstance(self._provisioner, LocalProvisioner):
            kernels.agent.note_remote(self._kernel_id)
            return {}
        name = str(getattr(self._provisioner.parent, "kernel_name", ""))
        started = await kernels.agent.environment(self._kernel_id, name, kwargs["cmd"], kwargs["env"])
        return started._asdict()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        try:
            return await self._launch_kernel(cmd, **kwargs)
        except BaseException:
            self._end()
            raise

    async def cleanup(self, restart: bool = False) -> None:
        try:
            await self._cleanup(restart=restart)
        finally:
            if not restart:
                self._end()

    def _end(self) -> None:
        try:
            kernels = self._find()
            if kernels is not None:
                kernels.agent.end(self._kernel_id)
        except Exception as error:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        # Only its class: a message may repeat anything.
        self._provisioner.log.warning("Kernel goes on without secrets: %s", type(error).__name__)


def _without_ours(env: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Kernels inherit no key of the server, nor how its service was set up. What their own specification says stays."""
    return {name: text for name, text in env.items() if name in wanted or not _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name == "DATALAYER_API_KEY" or name.startswith("DATALAYER_SECRETS_")


def _is_of(manager: Any, app: ServerApp) -> bool:
    """The factory is one for the whole process, in which there may be several servers."""
    while manager is not None and manager is not app:
        manager = getattr(manager, "parent", None)
    return manager is app
