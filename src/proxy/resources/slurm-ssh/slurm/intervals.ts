/** When a cluster is asked next. */

/** Seconds between polls while a job of ours runs and is looked at. */
const OFTEN = 5;
const LONGEST = 300;

/**
 * Seconds until the next poll.
 *
 * @param about.every - of the settings.
 * @param about.runs - a job of ours runs, or is new.
 * @param about.errors - polls in a row that have failed.
 */
export function nextPoll(about: {
  readonly every: number;
  readonly runs: boolean;
  readonly errors: number;
}): number {
  const usual = about.runs ? Math.min(OFTEN, about.every) : about.every;
  return Math.min(
    Math.max(LONGEST, usual),
    usual * 2 ** Math.min(about.errors, 10)
  );
}
