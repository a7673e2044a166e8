/** What sacct prints: rows of jobs, and of their steps, which know the memory. */
import { oneWord } from './states';
import { parseBytes, parseDuration, parseId, parseMoment } from './text';

/** For `sacct -o`. */
export const ACCOUNT_FORMAT =
  'JobID,State,ExitCode,DerivedExitCode,Elapsed,MaxRSS,NodeList,Reason,Start,End';

/** What accounting knows of one task, its requeues and steps taken together. */
export interface IAccount {
  readonly base: string;
  /** null: no array. */
  readonly index: number | null;
  /** As sacct writes it, with the account that cancelled. */
  readonly state: string;
  /** Code and signal, as `0:9`. */
  readonly exit: string;
  /** Seconds. */
  readonly elapsed: number;
  /** Most bytes of a step; 0: not measured. */
  readonly memory: number;
  readonly nodes: string;
  readonly reason: string;
  readonly end: string;
}

/**
 * Rows of `sacct -n -P -D`. Of a task that was requeued, the last row counts.
 */
export function parseAccounts(output: string): IAccount[] {
  const tasks = new Map<string, IAccount>();
  for (const line of output.split('\n')) {
    const fields = line.split('|');
    const id = parseId(fields[0]);
    if (!id || fields.length < 10) {
      continue;
    }
    const [, state, exit, , elapsed, memory, nodes, reason, , end] = fields;
    const indices = id.tasks.length > 0 ? id.tasks : [null];
    for (const index of indices) {
      const key = `${id.base}_${index ?? ''}`;
      const known = tasks.get(key);
      if (!id.step) {
        tasks.set(key, {
          base: id.base,
          index,
          state,
          exit,
          elapsed: parseDuration(elapsed) ?? 0,
          memory: 0,
          nodes: nodes === 'None assigned' ? '' : nodes,
          reason: reason === 'None' ? '' : reason,
          end: parseMoment(end)
        });
      } else if (known) {
        tasks.set(key, withStep(known, state, parseBytes(memory) ?? 0));
      }
    }
  }
  return [...tasks.values()];
}

/** Only a step may know that it was killed for its memory. */
function withStep(task: IAccount, state: string, memory: number): IAccount {
  const killed =
    oneWord(state) === 'OUT_OF_MEMORY' && oneWord(task.state) !== 'CANCELLED';
  return {
    ...task,
    state: killed ? 'OUT_OF_MEMORY' : task.state,
    memory: Math.max(task.memory, memory)
  };
}
