"""The plugin's settings, as JupyterLab merges them."""

from __future__ import annotations

from collections.abc import Mapping
from logging import Logger
from pathlib import Path
from typing import Any

PLUGIN = "jupyterlab-tomo:plugin"


def plugin_settings(serverapp: Any, log: Logger) -> dict[str, Any]:
    """Defaults, the administrator's overrides and the user's own settings, in that order.

    Empty (with a line in the log) when the server runs without JupyterLab, or when the
    labextension is not installed.
    """
    lab = _lab(serverapp)
    if lab is None:
        log.info("jupyterlab-tomo: no JupyterLab in this server; settings are the defaults")
        return {}
    from jupyterlab_server.settings_utils import get_settings
    from tornado.web import HTTPError

    try:
        found, warnings = get_settings(
            lab.app_settings_dir,
            lab.schemas_dir,
            lab.user_settings_dir,
            schema_name=PLUGIN,
            labextensions_path=[*lab.extra_labextensions_path, *lab.labextensions_path],
        )
    except HTTPError as error:
        log.warning("jupyterlab-tomo: settings are the defaults: %s", error.log_message)
        return {}
    user = found["settings"]
    for warning in filter(None, warnings):
        log.warning("jupyterlab-tomo: %s", warning)
        # JupyterLab drops all of them for one that is wrong; the proxy checks each by itself.
        user = _unchecked(Path(lab.user_settings_dir))
    return merged(found["schema"], user)


def merged(schema: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    """User settings over the defaults of a schema; objects are merged key by key."""
    properties = schema.get("properties", {})
    values = {}
    for name in [*properties, *(key for key in user if key not in properties)]:
        described = properties.get(name, {})
        if isinstance(described.get("default"), dict) or "properties" in described:
            given = user.get(name, {})
            inner = {"properties": described.get("properties", {})}
            fallback = {**merged(inner, {}), **described.get("default", {})}
            values[name] = {**fallback, **given} if isinstance(given, dict) else given
        elif name in user:
            values[name] = user[name]
        elif "default" in described:
            values[name] = described["default"]
    return values


def _unchecked(folder: Path) -> dict[str, Any]:
    """The user's own settings as they are in the file."""
    import json5

    package, plugin = PLUGIN.split(":")
    file = folder / package / f"{plugin}.jupyterlab-settings"
    settings = json5.loads(file.read_text("utf-8"))
    return settings if isinstance(settings, dict) else {}


def _lab(serverapp: Any) -> Any:
    """The JupyterLab application of the server (or one built on it), or None."""
    for apps in serverapp.extension_manager.extension_apps.values():
        for app in apps:
            if hasattr(app, "user_settings_dir") and hasattr(app, "schemas_dir"):
                return app
    return None
