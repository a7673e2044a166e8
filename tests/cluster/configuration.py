"""The configuration files, as text."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from .folder import Folder

CPUS, MEMORY = 4, 2000
DATABASE_USER = "tomo"
PARTITIONS = ["scarf", "devel", "preemptable", "gpu"]


def free_port(wanted: int, taken: set[int]) -> int:
    """The wanted port of loopback, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 4000, 40):
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


@dataclass(frozen=True)
class Ports:
    """What listens where on loopback."""

    slurmd1: int
    slurmd2: int
    slurmctld: int
    slurmdbd: int
    database: int
    ssh: int
    jump: int
    codes: int

    @classmethod
    def choose(cls) -> Ports:
        wanted = [17001, 17002, 17010, 17011, 17012, 17022, 17023, 17024]
        chosen: list[int] = []
        for port in wanted:
            chosen.append(free_port(port, set(chosen)))
        return cls(*chosen)


def has_memory_cgroup() -> bool:
    """Whether Slurm can limit memory by cgroup v1 here."""
    return Path("/sys/fs/cgroup/memory/memory.limit_in_bytes").exists()


def slurm_conf(folder: Folder, ports: Ports, nodes: str) -> str:
    """slurm.conf of two nodes on this machine."""
    host = socket.gethostname().split(".")[0]
    root = folder.root
    node = (
        f"{nodes}[1-2] NodeHostname={host} NodeAddr=127.0.0.1 "
        f"Port=[{ports.slurmd1}-{ports.slurmd2}] CPUs={CPUS} RealMemory={MEMORY}"
    )
    if has_memory_cgroup():
        task, gather = "task/cgroup", ""
    else:
        task, gather = "task/none", "JobAcctGatherParams=OverMemoryKill\n"
    return f"""\
ClusterName=tomo
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports.slurmctld}
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket={folder.socket}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={root}/ctld
SlurmdSpoolDir={root}/spool/%n
SlurmctldPidFile={folder.logs}/slurmctld.pid
SlurmdPidFile={folder.logs}/%n.pid
SlurmctldLogFile={folder.logs}/slurmctld.log
SlurmdLogFile={folder.logs}/%n.log
ProctrackType=proctrack/linuxproc
MpiDefault=none
ReturnToService=2
TaskPlugin={task}
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
GresTypes=gpu
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
{gather}AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={ports.slurmdbd}
AccountingStoragePass={folder.socket}
AccountingStoreFlags=job_comment
AccountingStorageEnforce=associations,limits
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,sched_min_interval=0,batch_sched_delay=0
MaxArraySize=2001
MaxJobCount=10000
MinJobAge=300
KillWait=5
SlurmdTimeout=10
NodeName={node} Feature=scarf18,intel Gres=gpu:1
PartitionName=DEFAULT Nodes={nodes}[1-2] PriorityTier=10 PreemptMode=OFF State=UP
PartitionName=scarf Default=YES MaxTime=7-00:00:00 DefaultTime=01:00:00
PartitionName=devel MaxTime=00:01:00 DefaultTime=00:01:00
PartitionName=preemptable PriorityTier=1 PreemptMode=REQUEUE MaxTime=7-00:00:00 DefaultTime=01:00:00
PartitionName=gpu MaxTime=7-00:00:00 DefaultTime=01:00:00
"""


def cgroup_conf() -> str:
    return """\
CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
ConstrainCores=no
"""


def gres_conf(nodes: str) -> str:
    """A GPU to ask for: a device file that is everywhere."""
    return f"NodeName={nodes}[1-2] Name=gpu File=/dev/zero\n"


def slurmdbd_conf(folder: Folder, ports: Ports, password: str) -> str:
    host = socket.gethostname().split(".")[0]
    return f"""\
AuthType=auth/munge
AuthInfo=socket={folder.socket}
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={ports.slurmdbd}
CommunicationParameters=NoInAddrAny
SlurmUser=slurm
LogFile={folder.logs}/slurmdbd.log
PidFile={folder.logs}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={ports.database}
StorageUser={DATABASE_USER}
StoragePass={password}
StorageLoc=tomo_accounting
"""


def database_init(password: str) -> str:
    return (
        "CREATE DATABASE IF NOT EXISTS tomo_accounting;\n"
        f"CREATE USER IF NOT EXISTS '{DATABASE_USER}'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON tomo_accounting.* TO '{DATABASE_USER}'@'127.0.0.1';\n"
    )


BANNER = """\
*** This system is for authorised users only. \x1b[1mMaintenance on Wednesday.\x1b[0m ***
    password: tell it to nobody
"""


def sshd_config(folder: Folder, port: int, users: list[str], extra: str = "") -> str:
    return f"""\
ListenAddress 127.0.0.1:{port}
HostKey {folder.keys}/host
PidFile none
UsePAM yes
UseDNS no
PermitRootLogin no
KbdInteractiveAuthentication yes
AuthorizedKeysFile .ssh/authorized_keys
StrictModes no
AllowUsers {" ".join(users)}
MaxSessions 10
MaxStartups 100:30:200
Banner {folder.configuration}/banner
Subsystem sftp /usr/lib/openssh/sftp-server
SetEnv SLURM_CONF={folder.slurm_conf}
{extra}"""
