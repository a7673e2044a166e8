"""One real cluster for all tests of this folder."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), *(str(HERE.parent / n) for n in ("server", "integration"))]

from analyst import RESOURCE, Analyst, held, in_job, make_data, resource  # noqa: E402
from cluster import Cluster, Faults, Link, Trouble, why_not  # noqa: E402
from cluster.users import ROLES  # noqa: E402

PROXY = HERE.parents[2] / "jupyterlab_tomo" / "_built" / "proxy.mjs"
PREFIX = "tomo-cluster-run-"


def sweep() -> None:
    """Stop the clusters of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not Path("/proc", folder.name[len(PREFIX) :]).exists():
            Cluster(folder).stop(purge=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster of this run alone: what one test breaks, no other run sees."""
    if reason := why_not():
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(reason)
        pytest.skip(reason)
    sweep()
    cluster = Cluster(Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}")
    try:
        cluster.start()
    except Trouble as trouble:
        cluster.stop(purge=True)
        # Where tests run unattended, a cluster that does not start must not look like success.
        if os.environ.get("CI"):
            pytest.fail(str(trouble))
        pytest.skip(str(trouble))
    yield cluster
    cluster.stop(purge=True)


@pytest.fixture
def faults(cluster: Cluster) -> Faults:
    """What can be broken."""
    return Faults(cluster)


@pytest.fixture
def link(cluster: Cluster) -> Iterator[Link]:
    """A line to the cluster that can be cut."""
    with Link(cluster.description["port"]) as line:
        yield line


@pytest.fixture(scope="session")
def remote_data(cluster: Cluster) -> Path:
    """A data set that the cluster sees."""
    return make_data(Path(cluster.description["work"]) / "data set's")


@pytest.fixture
def start_analyst(
    cluster: Cluster, remote_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Analyst]]:
    """A function that starts a server with clusters in the settings of its user."""
    if not PROXY.is_file():
        pytest.skip("the proxy is not built: npm run build")
    started: list[Analyst] = []

    def start(
        resources: list[dict[str, Any]] | None = None,
        role: str = "analyst",
        home: Path | None = None,
        **options: Any,
    ) -> Analyst:
        resources = resources or [resource(cluster, cluster.user(role))]
        home = home or tmp_path_factory.mktemp("home")
        analyst = Analyst.start(home, cluster, remote_data, resources, role, **options)
        started.append(analyst)
        return analyst

    yield start
    for analyst in started:
        analyst.stop()


@pytest.fixture(scope="session")
def line(cluster: Cluster) -> Iterator[Link]:
    """The line of the shared analyst's resource `linked`."""
    with Link(cluster.description["port"]) as line:
        yield line


@pytest.fixture(scope="session")
def analyst(
    cluster: Cluster, remote_data: Path, line: Link, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Analyst]:
    """One server for all tests that leave it as it was, with a resource for every purpose."""
    if not PROXY.is_file():
        pytest.skip("the proxy is not built: npm run build")
    user = cluster.user("analyst")
    # The file system of the cluster, as it is mounted here.
    home = tmp_path_factory.mktemp("home")
    (home / "mount").symlink_to(user.work)
    paths = [{"local": str(home), "remote": "/nowhere"}]
    paths += [{"local": str(home / "mount"), "remote": user.work}]
    eater = "/usr/bin/python3 -c 'bytearray(900_000_000)' || exit 9"
    resources = [
        resource(cluster, user),
        resource(cluster, user, name="linked", port=line.port),
        resource(cluster, user, name="held", **held(user)),
        resource(cluster, user, name="endless", prelude=in_job("sleep 300")),
        resource(
            cluster, user, name="devel", partition="devel", prelude=in_job("sleep 300"), time=1
        ),
        resource(cluster, user, name="preemptable", partition="preemptable", **held(user)),
        resource(cluster, user, name="waiting", partition="gpu"),
        resource(cluster, user, name="gpus", partition="gpu", gpus=1, **held(user)),
        resource(cluster, user, name="by-srun", agent="srun"),
        resource(cluster, user, name="mapped", paths=paths),
        resource(
            cluster,
            cluster.user("noisy"),
            name="noisy-prelude",
            prelude=["echo hello; echo world >&2; cat", "export TOMO_PRELUDE='it'\"'\"'s'"],
        ),
        resource(
            cluster,
            cluster.user("noisy"),
            name="noisy-none",
            pythons={"default": "/no/python"},
        ),
        resource(cluster, user, name="hungry", prelude=in_job(eater)),
        resource(cluster, user, name="hungry-step", prelude=in_job(f"srun {eater}")),
        resource(cluster, user, name="no-python", pythons={"default": "/nowhere/python3"}),
        resource(
            cluster,
            user,
            name="failing",
            prelude=in_job('echo "cannot read the disc" >&2', "exit 7"),
        ),
        resource(
            cluster,
            user,
            name="failing-task",
            # Once, and only the task in the middle.
            prelude=in_job(
                '[ "$SLURM_ARRAY_TASK_ID" != 1 ] || [ -e failed ] || { touch failed; exit 7; }'
            ),
        ),
        *(
            resource(cluster, cluster.user(role), name=role)
            for role in ("colleague", "tcsh", "fish", "noisy")
        ),
    ]
    analyst = Analyst.start(home, cluster, remote_data, resources)
    yield analyst
    analyst.stop()


@pytest.fixture
def logged_in(analyst: Analyst) -> Callable[[str], Analyst]:
    """A function that logs the shared analyst in to a resource, unless that is so already."""

    def log_in(name: str = RESOURCE) -> Analyst:
        if analyst.resource(name)["state"] != "online":
            user = analyst.cluster.user(name if name in ROLES else "analyst")
            analyst.log_in(name, user=user.name, key=user.plainKey, passphrase="")
        return analyst

    return log_in


@pytest.fixture
def closed_partition(cluster: Cluster) -> Iterator[Callable[[], None]]:
    """The partition `gpu` takes jobs but starts none; call to open it."""

    def set_to(state: str) -> None:
        cluster.slurm("scontrol", "update", "partitionname=gpu", f"state={state}")

    set_to("down")
    yield lambda: set_to("up")
    set_to("up")
