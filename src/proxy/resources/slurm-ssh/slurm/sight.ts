/** From what a poll saw to what Slurm says of one job: pure. */
import type { IAccount } from './accounts';
import type { ISeen, ISlurmRecord, SlurmTask, SlurmWhole } from './mirror';
import type { IPollReply } from './poll-reply';
import { positionOf, type IQueueRow } from './queue';
import { phaseOf, wholeState } from './states';

/** Seconds after its submission in which a job that nobody lists counts as waiting. */
const FRESH = 30;
/**
 * Seconds for which an end without exit code or result is not believed:
 * accounting lags behind the queue, and file systems behind the nodes.
 */
const EARLY = 15;

/**
 * What is known of a job now. What neither queue nor accounting tells stays as
 * it was when it had ended, and is unknown (state empty) otherwise.
 *
 * @param now - milliseconds since 1970, of this machine.
 * @returns null when the poll told nothing about it.
 */
export function seeJob(
  record: ISlurmRecord,
  before: ISeen | null,
  reply: IPollReply,
  at: number,
  now: number
): ISeen | null {
  if (reply.queue === null && !reply.accounts?.length) {
    return null;
  }
  const known = before?.slurm.id === record.id ? before : null;
  const fresh = now - Date.parse(record.sent) < FRESH * 1000;
  const indices: (number | null)[] = record.tasks ? [...record.tasks] : [null];
  const tasks = [
    ...(record.id
      ? indices.map(index => see(record.id, index, known, reply, fresh))
      : []),
    ...(record.finish ? [see(record.finish, null, known, reply, fresh)] : [])
  ];
  const folder = reply.folders.get(at);
  const lacks = tasks.some(
    task =>
      task.id !== record.finish &&
      phaseOf(task.state) === 'ended' &&
      (task.exit === undefined || task.state === 'COMPLETED')
  );
  const ended = lacks ? (known?.ended ?? new Date(now).toISOString()) : '';
  return {
    time: new Date(now).toISOString(),
    slurm: whole(record, tasks, reply),
    complete: folder ? folder.complete : (known?.complete ?? false),
    vanished: folder?.gone ?? false,
    ...(ended && { ended }),
    early: ended !== '' && now - Date.parse(ended) < EARLY * 1000,
    unaccounted: reply.accounts === null || reply.queue === null,
    uid: reply.uid,
    settled: false
  };
}

function see(
  base: string,
  index: number | null,
  known: ISeen | null,
  reply: IPollReply,
  fresh: boolean
): SlurmTask {
  const id = index === null ? base : `${base}_${index}`;
  const before = known?.slurm.tasks.find(task => task.id === id);
  const row = reply.queue?.find(
    ({ id: of }) =>
      of.base === base && (index === null || of.tasks.includes(index))
  );
  const account = reply.accounts?.find(
    of => of.base === base && (index === null || of.index === index)
  );
  if (row && (phaseOf(row.state) !== 'ended' || !account)) {
    return fromQueue(id, index, row, before);
  }
  if (account && (reply.queue === null || phaseOf(account.state) === 'ended')) {
    return fromAccount(id, index, account);
  }
  if (before && before.state && phaseOf(before.state) === 'ended') {
    return before;
  }
  // Accounting lags behind the queue by about a second, and neither has a new job at once.
  const lagging = fresh || account !== undefined || reply.accounts === null;
  return {
    id,
    index,
    state: lagging ? (before?.state ?? account?.state ?? 'PENDING') : '',
    reason: lagging ? (before?.reason ?? '') : ''
  };
}

function fromQueue(
  id: string,
  index: number | null,
  row: IQueueRow,
  before: SlurmTask | undefined
): SlurmTask {
  return {
    id,
    index,
    state: row.state,
    reason: row.reason,
    elapsed: row.elapsed,
    ...(row.nodes && { node: row.nodes }),
    ...(before?.memory && { memory: before.memory })
  };
}

function fromAccount(
  id: string,
  index: number | null,
  account: IAccount
): SlurmTask {
  return {
    id,
    index,
    state: account.state,
    reason: account.reason,
    exit: account.exit,
    elapsed: account.elapsed,
    ...(account.nodes && { node: account.nodes }),
    ...(account.memory && { memory: account.memory })
  };
}

function whole(
  record: ISlurmRecord,
  tasks: readonly SlurmTask[],
  reply: IPollReply
): SlurmWhole {
  const rows = (reply.queue ?? []).filter(row => row.id.base === record.id);
  const main = tasks.filter(task => task.id !== record.finish);
  const state = wholeState((main.length > 0 ? main : tasks).map(t => t.state));
  const like = main.find(task => task.state.startsWith(state));
  const nodes = [...new Set(main.flatMap(task => task.node ?? []))];
  const waits = rows.find(row => phaseOf(row.state) === 'waiting');
  const position =
    phaseOf(state) === 'waiting'
      ? positionOf(reply.waiting, record.id)
      : undefined;
  const exit = main.find(task => task.exit && task.exit !== '0:0')?.exit;
  return {
    id: record.id,
    tasks: [...tasks],
    state,
    reason: like?.reason ?? '',
    ...(exit && { exit }),
    ...(nodes.length > 0 && { nodes: nodes.join(',') }),
    elapsed: Math.max(0, ...main.map(task => task.elapsed ?? 0)),
    ...(rows[0] && { limit: rows[0].limit, cores: rows[0].cores }),
    memory: Math.max(0, ...main.map(task => task.memory ?? 0)),
    ...(position !== undefined && { position }),
    ...(phaseOf(state) === 'waiting' &&
      waits?.start && { expected: waits.start })
  };
}
