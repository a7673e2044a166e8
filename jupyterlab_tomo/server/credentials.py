"""How Node reaches the REST API of the server that started it, and who the users are."""

from __future__ import annotations

import getpass
import os
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPError

_PROBE_SECONDS = 5.0
_ANYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1", "*": "127.0.0.1"}


def owner() -> str:
    """Who the server belongs to: the hub's user, else the account it runs as."""
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def user_name(user: Any, identity_provider: Any) -> str:
    """Name that jobs and log-ins of a request belong to.

    The providers of Jupyter Server itself do not know who somebody is: they give each browser a
    random name, a new one with every cookie. Whoever has the token or the password of such a
    server is its owner.
    """
    if type(identity_provider).__module__.startswith("jupyter_server."):
        return owner()
    return getattr(user, "username", None) or str(user)


def header_value(name: str) -> str:
    """A name as ``X-Tomo-User`` carries it: UTF-8, percent-encoded."""
    return quote(name, safe="")


def base_url(serverapp: Any) -> str | None:
    """URL of the server as a process of the same machine reaches it; None on a UNIX socket."""
    if getattr(serverapp, "sock", ""):
        return None
    scheme = "https" if serverapp.certfile else "http"
    host = _ANYWHERE.get(serverapp.ip, serverapp.ip)
    if ":" in host:
        host = f"[{host}]"
    return f"{scheme}://{host}:{serverapp.port}{serverapp.base_url}"


async def server_access(serverapp: Any) -> dict[str, str] | None:
    """Base URL and a token that opens it, tried out; None when there is no such token.

    The server's own token comes first, then the one that a hub gives to a single-user server.
    An empty one opens a server without authentication.
    """
    url = base_url(serverapp)
    if url is None:
        return None
    tokens = (serverapp.identity_provider.token, os.environ.get("JUPYTERHUB_API_TOKEN", ""), "")
    for token in dict.fromkeys(tokens):
        if await _opens(url, token or ""):
            return {"baseUrl": url, "token": token or ""}
    return None


async def _opens(url: str, token: str) -> bool:
    headers = {"Authorization": f"token {token}"} if token else {}
    try:
        await AsyncHTTPClient().fetch(
            f"{url}api/kernels?no_track_activity=1",
            headers=headers,
            request_timeout=_PROBE_SECONDS,
            follow_redirects=False,
        )
    except (HTTPError, OSError):
        return False
    return True
