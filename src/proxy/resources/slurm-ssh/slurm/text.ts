/** Slurm's own ways to write numbers, times and lists of tasks. */

/** Tasks of an array in brackets are taken apart up to this many. */
const MOST = 10_000;

/** An id of Slurm taken apart. */
export interface ISlurmId {
  /** Of the job, or of the whole array. */
  readonly base: string;
  /** Tasks of the array that a row stands for; empty: it is no array. */
  readonly tasks: readonly number[];
  /** Of a row of sacct, as `batch`, `extern`, `0`; empty: the job itself. */
  readonly step: string;
}

/**
 * `27`, `27_3`, `27_[3-4,6-7%2]`, `27_3.batch`, `27+0`.
 *
 * @returns null when it is none of them.
 */
export function parseId(text: string): ISlurmId | null {
  const found =
    /^(\d+)(?:_(?:(\d+)|\[([\d,\-:]*)(?:%\d+)?\]))?(?:\+\d+)?(?:\.([\w+]+))?$/.exec(
      text.trim()
    );
  if (!found) {
    return null;
  }
  const [, base, task, list, step] = found;
  const tasks = task
    ? [Number(task)]
    : list === undefined
      ? []
      : expandTasks(list);
  return { base, tasks, step: step ?? '' };
}

/** `3-4,6-10:2` as [3, 4, 6, 8, 10]; what is not a list of tasks counts as none. */
export function expandTasks(list: string): number[] {
  const tasks: number[] = [];
  for (const part of list.split(',')) {
    const found = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim());
    if (!found) {
      continue;
    }
    const first = Number(found[1]);
    const last = Number(found[2] ?? found[1]);
    const step = Math.max(1, Number(found[3] ?? 1));
    for (let at = first; at <= last && tasks.length < MOST; at += step) {
      tasks.push(at);
    }
  }
  return tasks;
}

/** [3, 4, 6] as `3-4,6`. */
export function compressTasks(tasks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const task of [...tasks].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && task === last[1] + 1) {
      last[1] = task;
    } else {
      runs.push([task, task]);
    }
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(',');
}

/** Seconds of `D-HH:MM:SS`, `HH:MM:SS`, `MM:SS`, `MM:SS.mmm`; null for `UNLIMITED`, `INVALID` and the like. */
export function parseDuration(text: string): number | null {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(
    text.trim()
  );
  if (!found) {
    return null;
  }
  const [, days, hours, minutes, seconds] = found;
  return (
    Number(days ?? 0) * 86_400 +
    Number(hours ?? 0) * 3_600 +
    Number(minutes) * 60 +
    Number(seconds)
  );
}

/** Bytes of `123K`, `1.5G`, `2048`; null when it is empty or no size. */
export function parseBytes(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)([KMGTP]?)[nc]?$/.exec(text.trim());
  if (!found) {
    return null;
  }
  const power = ' KMGTP'.indexOf(found[2] || ' ');
  return Math.round(Number(found[1]) * 1024 ** power);
}

/** A time that Slurm wrote with TZ=UTC0, as ISO 8601; empty for `N/A`, `Unknown` and `None`. */
export function parseMoment(text: string): string {
  const moment = text.trim();
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(moment) ? `${moment}Z` : '';
}
