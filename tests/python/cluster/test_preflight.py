"""Setup's Test: what a job will need, looked at on the real cluster before there is one."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from analyst import RESOURCE, Analyst, resource
from cluster import Cluster, Faults

Start = Callable[..., Analyst]

FROM_OUTSIDE = ["name", "port", "host-key"]
INSIDE = ["login", "shell", "clock", "slurm", "accounting", "partition", "account", "files"]
ON_A_NODE = ["job", "work-node", "glibc", "processor", "module", "python-default"]


def test(analyst: Analyst, name: str = RESOURCE) -> dict[str, dict[str, str]]:
    """Each check by its name; every miss says what to do."""
    reply = analyst.post("resources/test", resource=name)
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert told["resource"] == name
    checks = {check["name"]: check for check in told["checks"]}
    assert len(checks) == len(told["checks"])
    for check in checks.values():
        assert check["found"], check
        assert check["hint"] or check["state"] in ("ok", "skipped"), check
    return checks


test.__test__ = False  # type: ignore[attr-defined]  # pytest takes the word for one


def states(checks: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: check["state"] for name, check in checks.items()}


@pytest.fixture(scope="module")
def tester(cluster: Cluster, remote_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with a resource for everything that may be wrong."""
    user = cluster.user("analyst")

    def at(name: str, **settings: Any) -> dict[str, Any]:
        return {**resource(cluster, user, **settings), "name": name}

    analyst = Analyst.start(
        tmp_path_factory.mktemp("home"),
        cluster,
        remote_data,
        [
            at(RESOURCE),
            at("prelude", prelude=["module load Python", "export TOMO_TEST=1"]),
            at("exits", prelude=["exit 3"]),
            at("no-python", pythons={"default": "/nowhere/python3"}),
            at("locked", work="/usr/share"),
            at("elsewhere", work="/proc/tomo"),
            at("nobody", partition="nobody"),
            at("long", partition="devel", time=120),
            at("gpu", partition="gpu", gpus=1),
        ],
    )
    yield analyst
    analyst.stop()


def test_a_good_cluster_is_good_in_every_line(tester: Analyst) -> None:
    tester.log_in()
    checks = test(tester)
    for name in [*FROM_OUTSIDE, *INSIDE, *ON_A_NODE]:
        assert checks[name]["state"] == "ok", checks[name]
    assert re.search(r"Slurm \d+\.\d+\.\d+ answers", checks["slurm"]["found"])
    assert re.search(r"glibc 2\.\d+", checks["glibc"]["found"])
    assert "Python 3." in checks["python-default"]["found"]
    assert "SHA256:" in checks["host-key"]["found"]
    # It leaves neither a job nor a file.
    assert tester.queued("tomo-test") == []
    work = Path(tester.user.work)
    assert [each.name for each in work.iterdir() if each.name.startswith(".test-")] == []


def test_before_the_log_in_the_outside_is_seen(tester: Analyst) -> None:
    checks = test(tester, "locked")
    assert [checks[name]["state"] for name in FROM_OUTSIDE] == ["ok"] * 3
    assert checks["login"]["state"] == "skipped"
    assert "Log in" in checks["login"]["hint"]
    assert len(checks) == 4


def test_a_wrong_port_and_an_unknown_name(start_analyst: Start, cluster: Cluster) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        user = cluster.user("analyst")
        analyst = start_analyst(
            [
                {**resource(cluster, user), "port": port},
                {**resource(cluster, user), "name": "lost", "host": "no-such-host.invalid"},
            ]
        )
        checks = test(analyst)
    assert checks["name"]["state"] == "ok"
    assert checks["port"]["state"] == "failed"
    assert str(port) in checks["port"]["found"]
    lost = test(analyst, "lost")
    assert lost["name"]["state"] == "failed"
    assert "no-such-host.invalid" in lost["name"]["found"]
    assert lost["port"]["state"] == "skipped"


@pytest.mark.parametrize(
    ("name", "check", "state", "found"),
    [
        ("prelude", "module", "failed", "no `module`"),
        ("exits", "prelude", "failed", "ended the job"),
        ("no-python", "python-default", "failed", "/nowhere/python3"),
        ("nobody", "partition", "failed", "no partition nobody"),
        ("nobody", "job", "failed", "does not take a job"),
        ("long", "partition", "failed", "120 min are asked for"),
        ("elsewhere", "work", "failed", "/proc/tomo"),
        ("locked", "work", "failed", "/usr/share"),
    ],
)
def test_each_miss_says_what_to_do(
    tester: Analyst, name: str, check: str, state: str, found: str
) -> None:
    if tester.resource(name)["state"] != "online":
        tester.log_in(name)
    checks = test(tester, name)
    assert checks[check]["state"] == state, checks
    assert found in checks[check]["found"], checks[check]


def test_gpus_are_looked_for_on_a_node(tester: Analyst) -> None:
    tester.log_in("gpu")
    gpu = test(tester, "gpu")["gpu"]
    # The test cluster calls plain files GPUs: Slurm gives one, and there is no driver.
    assert gpu["state"] == "warning"
    assert "nvidia-smi" in gpu["found"]
    assert re.search(r"node-\w+-\d", gpu["found"])


@pytest.mark.parametrize("role", ["noisy", "tcsh", "fish"])
def test_any_shell_is_looked_through(start_analyst: Start, role: str) -> None:
    analyst = start_analyst(role=role)
    analyst.log_in()
    checks = test(analyst)
    for name in ["shell", "slurm", "partition", *ON_A_NODE]:
        assert checks[name]["state"] == "ok", checks[name]


def test_a_partition_that_is_down_and_a_controller_that_is_down(
    tester: Analyst, cluster: Cluster, faults: Faults
) -> None:
    if tester.resource()["state"] != "online":
        tester.log_in()
    with faults.controller_down():
        checks = test(tester)
    assert checks["slurm"]["state"] == "failed"
    assert "does not answer" in checks["slurm"]["found"]
    assert checks["job"]["state"] == "failed"
    assert states(test(tester))["job"] == "ok"
