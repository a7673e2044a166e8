/** Starts what the queue lets start. */
import * as fs from 'node:fs/promises';

import { failureOf, messageOf, ProxyError } from '../failure';
import { exists } from '../files';
import type { IKernelResource } from '../resources';
import type { IEntry } from './entry';
import { nextJobs } from './queue';
import type { Tracker } from './tracker';

export interface ILauncherOptions {
  /** Goes on PYTHONPATH of the runner. */
  readonly runtime: string;
  /** How many jobs of this server may be under way at a time. */
  readonly limit: number;
}

export class Launcher {
  constructor(
    private readonly _tracker: () => Tracker,
    private readonly _options: ILauncherOptions
  ) {}

  pump(): void {
    const tracker = this._tracker();
    if (tracker.closed) {
      return;
    }
    const queued = tracker.entries.map(entry => ({
      id: entry.spec.id,
      created: entry.spec.created,
      state: entry.launching ? ('starting' as const) : entry.state,
      mine: entry.mine,
      remote: entry.spec.remote !== undefined
    }));
    for (const id of nextJobs(queued, this._options.limit)) {
      const entry = tracker.entry(id);
      if (entry) {
        entry.launching = true;
        void tracker.inTurn(entry, () => this._launch(tracker, entry));
      }
    }
  }

  private async _launch(tracker: Tracker, entry: IEntry): Promise<void> {
    const { paths, status } = entry;
    const attempt = status.attempt + 1;
    try {
      if (await exists(paths.cancel)) {
        await tracker.write(entry, { ...status, state: 'cancelled' });
        entry.launching = false;
        return;
      }
      const resource = resourceOf(tracker, entry);
      // What an earlier attempt left must not be taken for this one's.
      await fs.rm(paths.kernel, { force: true });
      await fs.rm(paths.attempt, { force: true });
      const progress = { ...status.progress, stage: 'starting' };
      await tracker.write(entry, {
        ...status,
        state: 'starting',
        progress,
        attempt
      });
      // Not awaited in turn: the job can be looked at, and cancelled, while it starts.
      void this._start(tracker, entry, resource, attempt);
    } catch (error) {
      entry.launching = false;
      await fail(tracker, entry, error);
    }
  }

  private async _start(
    tracker: Tracker,
    entry: IEntry,
    resource: IKernelResource,
    attempt: number
  ): Promise<void> {
    const spec = { ...entry.spec, runtime: this._options.runtime };
    try {
      await resource.start(spec, entry.paths, attempt);
    } catch (error) {
      await tracker.inTurn(entry, () => fail(tracker, entry, error));
    } finally {
      entry.launching = false;
      await tracker.look(entry);
    }
  }
}

function resourceOf(tracker: Tracker, entry: IEntry): IKernelResource {
  const resource = tracker.resource(entry);
  if (resource?.kind !== 'local-kernel') {
    throw new ProxyError(
      422,
      'no-resource',
      `There is no resource named ${entry.spec.resource} any more.`,
      {
        where: 'resource',
        hint: 'Submit the recipe again to another resource.'
      }
    );
  }
  return resource;
}

/** The attempt could not be started. */
async function fail(
  tracker: Tracker,
  entry: IEntry,
  error: unknown
): Promise<void> {
  const { kernel } = entry.spec;
  const known =
    error instanceof ProxyError
      ? error
      : new ProxyError(
          502,
          'kernel-not-started',
          `Kernel ${kernel} did not start: ${messageOf(error)}`,
          {
            where: `kernel ${kernel}`,
            hint: 'Press Resume to try again, or choose another kernel.'
          }
        );
  const cancelled = await exists(entry.paths.cancel);
  await tracker.write(entry, {
    ...entry.status,
    state: cancelled ? 'cancelled' : 'failed',
    failure: cancelled ? undefined : failureOf(known).failure,
    ended: new Date().toISOString()
  });
}
