/** Slurm's words for states, sorted by what they mean for a job. */

/** What a state of Slurm comes to. */
export type Phase = 'waiting' | 'running' | 'ended';

const WAITING = new Set([
  'PENDING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT'
]);

const RUNNING = new Set([
  'RUNNING',
  'CONFIGURING',
  'COMPLETING',
  'SUSPENDED',
  'STOPPED',
  'SIGNALING',
  'STAGE_OUT',
  'RESIZING',
  'POWER_UP_NODE'
]);

/** A state as one word: `CANCELLED by 1001` is CANCELLED. */
export function oneWord(state: string): string {
  return (/^[A-Z_]+/.exec(state.trim()) ?? [''])[0];
}

/** What a state means; one that nobody knows counts as ended, so that it is asked about. */
export function phaseOf(state: string): Phase {
  const word = oneWord(state);
  if (WAITING.has(word)) {
    return 'waiting';
  }
  return RUNNING.has(word) ? 'running' : 'ended';
}

/** Number of the account that cancelled a job, from sacct's `CANCELLED by 1001`. */
export function cancelledBy(state: string): string | null {
  return /^CANCELLED by (\d+)/.exec(state.trim())?.[1] ?? null;
}

/** From the worst to the best: the state of a whole from those of its tasks. */
const ORDER = [
  'OUT_OF_MEMORY',
  'FAILED',
  'TIMEOUT',
  'DEADLINE',
  'NODE_FAIL',
  'BOOT_FAIL',
  'LAUNCH_FAILED',
  'RECONFIG_FAIL',
  'PREEMPTED',
  'REVOKED',
  'CANCELLED'
];

/** Slurm's word for a whole of several tasks. */
export function wholeState(states: readonly string[]): string {
  const words = states.map(oneWord);
  return (
    words.find(word => phaseOf(word) === 'running') ??
    words.find(word => phaseOf(word) === 'waiting') ??
    ORDER.find(word => words.includes(word)) ??
    words[0] ??
    ''
  );
}

/** Of ended tasks, the one that tells best why the whole did not finish; null when all completed. */
export function worst<T extends { readonly state: string }>(
  tasks: readonly T[]
): T | null {
  const rank = (task: T): number => {
    const at = ORDER.indexOf(oneWord(task.state));
    return at < 0 ? ORDER.length : at;
  };
  const bad = tasks.filter(
    task =>
      phaseOf(task.state) === 'ended' && oneWord(task.state) !== 'COMPLETED'
  );
  return [...bad].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}
