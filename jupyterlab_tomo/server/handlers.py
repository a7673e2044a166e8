"""What all routes of the extension share, and the routes for paths and for settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from .contents_paths import contents_path_of, resolve_contents_path
from .failures import ServerFailure
from .node_process import NodeProcess

_REFUSALS = {
    400: ("bad-request", "Check the request."),
    403: ("not-allowed", "Log in again, and reload the page."),
    404: ("not-found", "Reload the page; it may belong to another version of the extension."),
    405: ("method-not-allowed", "Reload the page; it may belong to another version."),
}


class TomoHandler(APIHandler):
    """A route for those who are logged in, with errors as {code, message, where, hint}."""

    auth_resource = "jupyterlab-tomo"

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse the unauthenticated and the cross-origin; polls are no activity of the user."""
        self._track_activity = self.request.method not in ("GET", "HEAD")
        try:
            await super().prepare()
        except web.HTTPError as error:
            if error.status_code != 404:
                raise
            # Jupyter Server hides its refusal of other origins as "not found".
            raise web.HTTPError(403, "The request comes from another origin.") from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a failure, never with a page."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, ServerFailure):
            self.set_status(error.status)
            failure = error.to_json()
        else:
            code, hint = _REFUSALS.get(
                status_code, ("server-error", "The log of the Jupyter server has the details.")
            )
            message = (error.log_message or "") if isinstance(error, web.HTTPError) else ""
            failure = {
                "code": code,
                "message": message or f"The server refused the request: {self._reason}.",
                "where": self.request.path,
                "hint": hint,
            }
        self.finish(json.dumps(failure))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Failures that a user is told are a line in the log, not a traceback."""
        if isinstance(value, ServerFailure):
            self.log.warning("jupyterlab-tomo: %s %s", value.message, value.where)
        else:
            super().log_exception(typ, value, tb)


class ResolveHandler(TomoHandler):
    """POST {path} -> {resource, path, directory}; POST {absolute} -> {path} or null."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer one of the two questions."""
        try:
            body = json.loads(self.request.body)
        except ValueError:
            body = None
        asked = list(body.items()) if isinstance(body, dict) else []
        if len(asked) != 1 or asked[0][0] not in ("path", "absolute"):
            raise _not_asked()
        key, value = asked[0]
        if not isinstance(value, str):
            raise _not_asked()
        if key == "path":
            self.finish(json.dumps(resolve_contents_path(value, self.contents_manager)))
        else:
            path = contents_path_of(value, self.contents_manager)
            self.finish(json.dumps(None if path is None else {"path": path}))


class SettingsHandler(TomoHandler):
    """POST (no body): the plugin's settings were saved; Node is told of them as they are now."""

    def initialize(self, node: NodeProcess, read: Callable[[], dict[str, Any]]) -> None:
        """Take the process, and what reads the settings."""
        self._node = node
        self._read = read

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Read them and pass them on; nothing to do while Node does not run."""
        await self._node.tell({"settings": self._read()})
        self.set_status(204)
        self.finish()


def _not_asked() -> ServerFailure:
    return ServerFailure(
        400,
        "bad-request",
        "The request names neither a contents path nor an absolute one.",
        "body",
        'Send {"path": "..."} or {"absolute": "..."}.',
    )
