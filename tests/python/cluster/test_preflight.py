"""Setup's Test: what a job will need, looked at on the real cluster before there is one."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest
from analyst import RESOURCE, Analyst, resource
from cluster import Cluster, Faults
from cluster.users import write_owned

FROM_OUTSIDE = ["name", "port", "host-key"]
INSIDE = ["login", "shell", "clock", "slurm", "accounting", "partition", "account", "files"]
INSIDE += ["work", "space"]
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


def looks(analyst: Analyst) -> set[str]:
    """Slurm's ids of the jobs that looked at a node, as far as the queue knows them."""
    lines = analyst.slurm("squeue", "-h", "-t", "all", "-o", "%A %j").splitlines()
    return {line.split()[0] for line in lines if " tomo-test-" in line}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
            at("preemptable", partition="preemptable"),
            at("shut", port=free_port()),
            at("lost", host="no-such-host.invalid"),
            *(
                resource(cluster, cluster.user(role), name=role)
                for role in ("colleague", "noisy", "tcsh", "fish")
            ),
        ],
    )
    yield analyst
    analyst.stop()


def log_in_as(tester: Analyst, role: str) -> None:
    user = tester.cluster.user(role)
    tester.log_in(role, user=user.name, key=user.plainKey, passphrase="")


def test_a_good_cluster_is_good_in_every_line(tester: Analyst) -> None:
    tester.log_in()
    checks = test(tester)
    for name in [*FROM_OUTSIDE, *INSIDE, *ON_A_NODE]:
        assert checks[name]["state"] == "ok", checks[name]
    assert re.search(r"Slurm \d+\.\d+\.\d+ answers", checks["slurm"]["found"])
    assert re.search(r"glibc 2\.\d+", checks["glibc"]["found"])
    assert re.search(r"Python 3\.\d+\S* on \S+ with numpy \d", checks["python-default"]["found"])
    assert re.search(r"\d [KMGT]iB are left in ", checks["space"]["found"])
    assert "SHA256:" in checks["host-key"]["found"]
    # It has no command for quotas, and that is said.
    assert checks["quota"]["state"] == "skipped"
    assert "could not be known" in checks["quota"]["found"]
    assert checks["quota"]["hint"]
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


def test_a_wrong_port_and_an_unknown_name(tester: Analyst) -> None:
    checks = test(tester, "shut")
    assert checks["name"]["state"] == "ok"
    assert checks["port"]["state"] == "failed"
    port = tester.resource("shut")["cluster"]["port"]
    assert str(port) in checks["port"]["found"]
    lost = test(tester, "lost")
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
def test_any_shell_is_looked_through(tester: Analyst, role: str) -> None:
    log_in_as(tester, role)
    checks = test(tester, role)
    for name in ["shell", "slurm", "partition", *ON_A_NODE]:
        assert checks[name]["state"] == "ok", checks[name]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("DOWN", "is down: it takes jobs, and starts none"),
        ("DRAIN", "is being drained: it takes no new jobs"),
        ("INACTIVE", "is inactive: it takes no jobs"),
    ],
)
def test_a_partition_that_is_out_of_service(
    tester: Analyst, cluster: Cluster, state: str, sentence: str
) -> None:
    if tester.resource("preemptable")["state"] != "online":
        tester.log_in("preemptable")
    cluster.slurm("scontrol", "update", "PartitionName=preemptable", f"State={state}")
    try:
        before = looks(tester)
        checks = test(tester, "preemptable")
        # No job that looks at a node is submitted, to be waited for in vain.
        assert looks(tester) <= before
    finally:
        cluster.slurm("scontrol", "update", "PartitionName=preemptable", "State=UP")
    assert checks["partition"]["state"] == "failed"
    assert sentence in checks["partition"]["found"]
    assert "up: scarf, devel, gpu" in checks["partition"]["hint"]
    assert checks["job"]["state"] == "skipped"


def test_quotas_are_told_by_the_command_that_the_host_has(
    tester: Analyst, cluster: Cluster
) -> None:
    user = cluster.user("colleague")
    tools, start = Path(user.home) / "bin", Path(user.home) / ".bashrc"
    write_owned(tools / "lfs", '#!/bin/sh\necho "$5 21G* 0k 20G"\n', user.uid, user.uid)
    (tools / "lfs").chmod(0o755)
    write_owned(start, f"PATH={tools}:$PATH\n", user.uid, user.uid)
    try:
        log_in_as(tester, "colleague")
        quota = test(tester, "colleague")["quota"]
    finally:
        start.unlink()
    assert quota["state"] == "warning"
    assert f"{user.work} 21G* 0k 20G" in quota["found"]
    assert "Make room" in quota["hint"]


def test_a_controller_that_is_down(tester: Analyst, cluster: Cluster, faults: Faults) -> None:
    if tester.resource()["state"] != "online":
        tester.log_in()
    with faults.controller_down():
        checks = test(tester)
    assert checks["slurm"]["state"] == "failed"
    assert "does not answer" in checks["slurm"]["found"]
    assert checks["job"]["state"] == "failed"
    assert states(test(tester))["job"] == "ok"
