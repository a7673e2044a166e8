/**
 * The agent on a cluster: the same program as on this machine, over a channel
 * of the user's connection, on the log-in host or on a node by srun.
 */
import type { IAgentProcess } from '../../agents';
import type { IClusterSettings } from '../../settings';
import { ensureRuntime } from './copies/runtime';
import { quote } from './quote';
import type { IRemote } from './remote';
import { program } from './slurm/batch';
import { pythonOf } from './slurm/cluster';
import { findPlace } from './slurm/place';

/** Milliseconds until it says hello: modules and a shared file system take their time. */
const AT_LOGIN = 60_000;
/** The same with a queue before it. */
const BY_SRUN = 180_000;
/** Seconds without a request, or without a reader, after which it ends by itself. */
const IDLE = 900;
/** Minutes for which a node is taken at most. */
const SRUN_TIME = 240;
const MEMORY = 1 << 30;
/** What may be a part of a variable's name. */
const NAME = /^[A-Za-z][\w-]*$/;
/** Names of the settings that are no tools. */
const OWN: ReadonlySet<string> = new Set(['default', 'agent', 'builtin']);

/**
 * Start an agent in a log-in; the runtime is sent first when it is not there.
 *
 * @param runtime - folder here, whose last component is the hash of its content.
 */
export async function startRemoteAgent(
  remote: IRemote,
  cluster: IClusterSettings,
  runtime: string
): Promise<IAgentProcess> {
  const { work } = await findPlace(remote, cluster.work);
  const there = await ensureRuntime(remote, runtime, work);
  const child = await remote.start(agentScript(cluster, there));
  const place = cluster.title || cluster.name;
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: child.closed.then(code =>
      code === null
        ? `the connection to ${place} was lost`
        : `it ended with code ${code}`
    ),
    handshake: cluster.agent === 'srun' ? BY_SRUN : AT_LOGIN,
    hint: 'Try again: a fresh one starts with the next request. If it stays, log in again, or press Test in Setup.',
    place,
    end: () => child.end(),
    // It ends when its input does; there is no other way to reach it.
    kill: () => child.end()
  };
}

/** The script that becomes the agent. */
export function agentScript(
  cluster: IClusterSettings,
  runtime: string
): string {
  const inner = [
    // What profiles and modules print or read is no part of the talk.
    '{',
    'if [ -r /etc/profile ]; then . /etc/profile; fi',
    ...cluster.prelude,
    '} </dev/null >/dev/null',
    `export PYTHONPATH=${quote(runtime)}"\${PYTHONPATH:+:$PYTHONPATH}"`,
    ...toolPythons(cluster),
    // A good guest on a host of all users: one core, and after everybody else.
    'export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1',
    `exec nice -n 10 ${program(pythonOf(cluster, 'agent'))} -u -m tomo_runner agent --cores 1 --memory 512MiB --idle ${IDLE}`
  ].join('\n');
  const start =
    cluster.agent === 'srun'
      ? `exec ${srun(cluster)} $shell -c ${quote(inner)}`
      : `exec $shell -c ${quote(inner)}`;
  return [
    'cd || exit 1',
    // Behind sshd, bash reads .bashrc even for -c, and that may print.
    'if command -v bash >/dev/null; then shell="bash --norc"; else shell=sh; fi',
    start,
    ''
  ].join('\n');
}

/** Tools that have a Python of their own are asked and previewed in it. */
function toolPythons({ pythons }: IClusterSettings): string[] {
  return Object.entries(pythons)
    .filter(([tool, python]) => NAME.test(tool) && python && !OWN.has(tool))
    .map(
      ([tool, python]) =>
        `export JUPYTER_TOMO_PYTHON_${tool.toUpperCase().replaceAll('-', '_')}=${program(python)}`
    );
}

function srun(cluster: IClusterSettings): string {
  const option = (key: string, value: string): string[] =>
    value ? [`--${key}=${quote(value)}`] : [];
  return [
    'srun',
    '--quiet',
    '--unbuffered',
    '--job-name=tomo-agent',
    '--nodes=1',
    '--ntasks=1',
    '--cpus-per-task=1',
    `--mem=${MEMORY >> 20}M`,
    `--time=${SRUN_TIME}`,
    ...option('partition', cluster.partition),
    ...option('account', cluster.account),
    ...option('qos', cluster.qos),
    ...option('constraint', cluster.constraint)
  ].join(' ');
}
