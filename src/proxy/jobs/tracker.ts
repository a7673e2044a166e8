/**
 * Keeps every job in memory true to its folder: finds folders, looks at them,
 * writes the states that only the proxy can know, and tells of changes.
 */
import * as fs from 'node:fs/promises';

import type { Job } from '../../api/_generated/api';
import { failureOf, ProxyError } from '../failure';
import { replaceJson } from '../files';
import { readKernel, statusJson, type IStatus } from '../job-folder';
import type { Notices } from '../notices';
import {
  viewRemote,
  type IClusterResource,
  type IKernelResource,
  type IResource
} from '../resources';
import { newEntry, toJob, type IEntry } from './entry';
import { Follower } from './follow';
import { observe } from './observe';
import type { Ownership } from './ownership';
import { isEnded, judge, type IObservation, type IVerdict } from './state';
import type { JobStore } from './store';

/** Milliseconds after which a judgement that the runner did not write is believed. */
const DOUBT = 700;
/** Milliseconds after which a start that a dead proxy left half done is made again. */
const STRANDED = 20_000;
/** Seconds between looks for what other servers on the same home do. */
const OTHERS = 5;

export interface ITrackerOptions {
  readonly store: JobStore;
  readonly ownership: Ownership;
  readonly notices: Notices;
  readonly resources: ReadonlyMap<string, IResource>;
}

export class Tracker {
  /** @param onRoom - called when the queue may go on. */
  constructor(
    private readonly _options: ITrackerOptions,
    private readonly _onRoom: () => void
  ) {}

  /** Find every job again. */
  async open(): Promise<void> {
    await this._options.store.open();
    await this._options.ownership.open();
    await this.scan();
    this._follower = new Follower(id => this._beat(id));
    this._follow();
  }

  get entries(): readonly IEntry[] {
    return [...this._entries.values()];
  }

  get closed(): boolean {
    return this._closed;
  }

  entry(id: string): IEntry | undefined {
    return this._entries.get(id);
  }

  resource(entry: IEntry): IResource | undefined {
    return this._options.resources.get(entry.spec.resource);
  }

  /** The resource of a job of this machine. */
  kernels(entry: IEntry): IKernelResource | undefined {
    const resource = this.resource(entry);
    return resource?.kind === 'local-kernel' ? resource : undefined;
  }

  /** The resource of a remote job; undefined when the settings have it no more. */
  cluster(entry: IEntry): IClusterResource | undefined {
    const resource = entry.spec.remote && this.resource(entry);
    return resource?.kind === 'slurm-ssh' ? resource : undefined;
  }

  /** The job as the api tells it. */
  tell(entry: IEntry): Job {
    return toJob(entry, this.cluster(entry)?.transfer(entry.spec.id));
  }

  /** Take in job folders that are new, drop those that are gone. */
  async scan(): Promise<void> {
    const { store, notices } = this._options;
    const ids = new Set(await store.ids());
    for (const [id, entry] of this._entries) {
      if (!ids.has(id)) {
        this.drop(entry);
        notices.emit('job-removed', id, entry.spec.user);
      }
    }
    const found = [...ids].filter(id => !this._entries.has(id));
    await Promise.all(found.map(id => this._discover(id)));
  }

  drop(entry: IEntry): void {
    this._entries.delete(entry.spec.id);
  }

  /** Bring an entry up to date with its folder. Who comes while a look waits for its turn shares it. */
  look(entry: IEntry): Promise<void> {
    entry.next ??= this.inTurn(entry, () => {
      entry.next = null;
      return this._look(entry);
    });
    return entry.next;
  }

  /** As `act`. Errors go into the server's log. */
  inTurn(entry: IEntry, work: () => Promise<void>): Promise<void> {
    return this.act(entry, work).catch(error => complain(entry, error));
  }

  /** What happens to one job happens one after the other. @throws what the work throws. */
  act(entry: IEntry, work: () => Promise<void>): Promise<void> {
    const done = entry.turn.then(work);
    entry.turn = done.catch(() => undefined);
    return done;
  }

  /** As `act`; whoever comes next sees what has become of the job. */
  change(entry: IEntry, work: () => Promise<void>): Promise<void> {
    return this.act(entry, async () => {
      await work();
      await this._look(entry);
    });
  }

  /** Write a state that is the proxy's to write, and tell it. */
  async write(entry: IEntry, status: IStatus): Promise<void> {
    const next = { ...status, seq: status.seq + 1 };
    await replaceJson(entry.paths.status, statusJson(next));
    this._take(entry, next, next);
  }

  /** @throws ProxyError when a living proxy of another server owns the job. */
  async own(entry: IEntry): Promise<void> {
    entry.mine =
      entry.mine || (await this._options.ownership.owns(entry.paths));
    if (!entry.mine) {
      throw new ProxyError(
        409,
        'job-elsewhere',
        'The job belongs to another Jupyter server that is running.',
        { where: entry.spec.id, hint: 'Open that server, or stop it first.' }
      );
    }
  }

  /** Give back what an ended job held. */
  async release(entry: IEntry): Promise<void> {
    entry.watched = false;
    entry.holds = true;
    const record = await readKernel(entry.paths);
    if (record?.session) {
      await this.kernels(entry)?.release(entry.paths);
    }
    entry.holds = false;
  }

  async close(): Promise<void> {
    this._closed = true;
    this._follower?.dispose();
    await this._options.ownership.close();
  }

  private async _discover(id: string): Promise<void> {
    const spec = await this._options.store.read(id);
    if (spec?.id === id && !this._entries.has(id)) {
      const entry = newEntry(spec, this._options.store.paths(id));
      this._entries.set(id, entry);
      await this.look(entry);
    }
  }

  private async _look(entry: IEntry): Promise<void> {
    if (!this._holds(entry)) {
      return;
    }
    entry.stamp = await stampOf(entry);
    if (entry.spec.remote) {
      return this._lookAtMirror(entry);
    }
    let seen = await observe(entry, this.kernels(entry));
    let verdict = judge(seen);
    if (!isEnded(verdict.state) || isNews(seen, verdict)) {
      entry.mine = await this._options.ownership.owns(entry.paths);
    }
    if (entry.mine && isNews(seen, verdict)) {
      // The runner, or the server that is stopping, may be about to say it better.
      await new Promise(resolve => setTimeout(resolve, DOUBT));
      seen = await observe(entry, this.kernels(entry));
      verdict = judge(seen);
      if (!this._holds(entry)) {
        return;
      }
      if (isNews(seen, verdict)) {
        const ended = new Date().toISOString();
        await this.write(entry, {
          ...(seen.status ?? entry.status),
          ...verdict,
          ended
        });
        seen = { ...seen, status: entry.status };
      }
    }
    this._take(entry, seen.status ?? entry.status, verdict);
    if (isEnded(entry.state)) {
      await this.release(entry);
      this._onRoom();
      return;
    }
    entry.watched ||= seen.runnerAlive || seen.holderAlive === true;
    if (entry.mine) {
      await this._unstrand(entry);
    }
  }

  /** The mirror of a remote job, and the next step of one that waits to be submitted. */
  private async _lookAtMirror(entry: IEntry): Promise<void> {
    const cluster = this.cluster(entry);
    const { spec, paths } = entry;
    const mirrored = await viewRemote(paths, cluster?.moves(spec.id) ?? false);
    if (!this._holds(entry)) {
      return;
    }
    const obstacle = mirrored.waits && cluster?.obstacle(spec);
    const view = obstacle
      ? { ...mirrored, warnings: [...mirrored.warnings, obstacle] }
      : mirrored;
    entry.remote = view;
    entry.mine = view.waits && (await this._options.ownership.owns(paths));
    if (entry.mine) {
      cluster?.advance(spec, paths);
    }
    this._take(entry, view.status, view);
  }

  private _take(entry: IEntry, status: IStatus, verdict: IVerdict): void {
    const changed = entry.state !== verdict.state;
    entry.since = changed ? Date.now() : entry.since;
    entry.status = status;
    entry.state = verdict.state;
    entry.failure = verdict.failure;
    if (changed) {
      this._follow();
    }
    const told = JSON.stringify(this.tell(entry));
    if (told !== entry.told) {
      entry.told = told;
      this._options.notices.emit('job', entry.spec.id, entry.spec.user);
    }
  }

  /** A start that nobody finishes, as its proxy was killed, is made again. */
  private async _unstrand(entry: IEntry): Promise<void> {
    if (entry.state !== 'starting' || entry.launching) {
      return;
    }
    const record = await readKernel(entry.paths);
    if (record && Date.now() - entry.since < STRANDED) {
      return;
    }
    await this.release(entry);
    await this.write(entry, { ...entry.status, state: 'queued' });
    this._onRoom();
  }

  private _beat(id: string | null): void {
    if (id !== null) {
      const entry = this._entries.get(id);
      if (entry) {
        void this.look(entry);
      }
      return;
    }
    for (const entry of this._entries.values()) {
      if (isFollowed(entry)) {
        void this.look(entry);
      }
    }
    this._beats += 1;
    if (this._beats % OTHERS === 0) {
      this._others ??= this._lookAtOthers()
        .catch(error => {
          process.stderr.write(
            `jobs folder: ${failureOf(error).failure.message}\n`
          );
        })
        .finally(() => {
          this._others = null;
        });
    }
  }

  /** Jobs of other servers on this home, and those left by one that died. */
  private async _lookAtOthers(): Promise<void> {
    await this.scan();
    await Promise.all(
      this.entries.map(async entry => {
        if (await isDue(entry)) {
          await this.look(entry);
        }
      })
    );
    this._onRoom();
  }

  private _follow(): void {
    const active = this.entries.filter(isFollowed);
    this._follower?.follow(
      new Map(active.map(entry => [entry.spec.id, entry.paths.folder]))
    );
  }

  private _holds(entry: IEntry): boolean {
    return !this._closed && this._entries.get(entry.spec.id) === entry;
  }

  private readonly _entries = new Map<string, IEntry>();
  private _follower: Follower | undefined;
  private _others: Promise<void> | null = null;
  private _beats = 0;
  private _closed = false;
}

/** Whether a job that is not followed may be another than at the last look. */
async function isDue(entry: IEntry): Promise<boolean> {
  const remote = entry.spec.remote !== undefined;
  if (!isEnded(entry.state)) {
    return !entry.mine || remote;
  }
  // What is told and not written was no certainty, and another server may go on with the job.
  const untold = !remote && entry.status.state !== entry.state;
  return entry.holds || untold || (await stampOf(entry)) !== entry.stamp;
}

/** Another one when one of the files that tell the state was replaced. */
async function stampOf({ spec, paths }: IEntry): Promise<string> {
  const files = spec.remote
    ? [paths.status, paths.slurm, paths.seen]
    : [paths.status];
  const stamps = await Promise.all(
    files.map(file =>
      fs.stat(file).then(
        ({ ino, mtimeMs }) => `${ino} ${mtimeMs}`,
        () => ''
      )
    )
  );
  return stamps.join();
}

/** Its folder tells by itself what it does: not so a mirror, of which the resource says that it has changed. */
function isFollowed({ spec, state }: IEntry): boolean {
  return !spec.remote && !isEnded(state) && state !== 'queued';
}

/**
 * The job has ended, and its status.json does not say so. That the result of a
 * finished one is not seen is told and not written: its disk may be away.
 */
function isNews(seen: IObservation, verdict: IVerdict): boolean {
  return (
    isEnded(verdict.state) &&
    !seen.runnerAlive &&
    verdict.state !== seen.status?.state &&
    seen.status?.state !== 'finished'
  );
}

/** What goes wrong while following a job belongs into the server's log. */
function complain(entry: IEntry, error: unknown): void {
  process.stderr.write(
    `job ${entry.spec.id}: ${failureOf(error).failure.message}\n`
  );
}
