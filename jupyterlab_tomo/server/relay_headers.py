"""What crosses the relay of a request's line and headers, and what does not."""

from __future__ import annotations

from collections.abc import Iterator

from tornado import httputil

from .credentials import header_value

USER_HEADER = "X-Tomo-User"
_OF_OUR_NAMESPACE = "x-tomo-"
_HOP_BY_HOP = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_CREDENTIALS = {"authorization", "cookie", "host", "x-xsrftoken"}
_CREDENTIAL_ARGUMENTS = ("token=", "_xsrf=", "no_track_activity=")
# The server's own answer stands for these.
_OF_THE_SERVER = {
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "content-security-policy",
    "date",
    "server",
    "set-cookie",
    "x-content-type-options",
}


def request_target(uri: str, route: str) -> str:
    """Path and query for Node, raw as the client sent them, without the server's arguments.

    Parameters
    ----------
    uri
        Raw request target.
    route
        Base URL and route of the relay, ending with a slash.
    """
    path, _, query = uri.partition("?")
    kept = [item for item in query.split("&") if item and not _is_credential(item)]
    return "/" + path[len(route) :] + ("?" + "&".join(kept) if kept else "")


def request_headers(request: httputil.HTTPServerRequest, user: str) -> httputil.HTTPHeaders:
    """Headers for Node: without credentials, with the name of the user."""
    headers = httputil.HTTPHeaders({"Host": "localhost", USER_HEADER: header_value(user)})
    dropped = _HOP_BY_HOP | _CREDENTIALS | _named_by_connection(request.headers)
    if request.method != "POST":
        dropped |= {"content-length"}
    for name, value in request.headers.get_all():
        lower = name.lower()
        if lower not in dropped and not lower.startswith(_OF_OUR_NAMESPACE):
            headers.add(name, value)
    return headers


def reply_headers(headers: httputil.HTTPHeaders) -> Iterator[tuple[str, str]]:
    """Headers of Node's reply that the client gets."""
    dropped = _HOP_BY_HOP | _OF_THE_SERVER | _named_by_connection(headers)
    for name, value in headers.get_all():
        if name.lower() == "content-type" and "html" in value.lower():
            # Pages from these routes would run with the rights of JupyterLab.
            yield name, "text/plain; charset=utf-8"
        elif name.lower() not in dropped:
            yield name, value


def _is_credential(argument: str) -> bool:
    return argument.startswith(_CREDENTIAL_ARGUMENTS)


def _named_by_connection(headers: httputil.HTTPHeaders) -> set[str]:
    return {name.strip().lower() for name in headers.get("Connection", "").split(",")}
