/**
 * Brings jobs to the scheduler, step by step. What has been done is in
 * slurm.json, so that any step can be cut and gone on with.
 */
import type { Failure, Job } from '../../../../api/_generated/api';
import type { Recipe } from '../../../../recipe/_generated/recipe';
import { isRecipe } from '../../../../recipe/validation';
import { failureOf, ProxyError } from '../../../failure';
import { exists, readObject } from '../../../files';
import type { IJobSpec, IRemotePlace, JobPaths } from '../../../job-folder';
import { ensureRuntime } from '../copies/runtime';
import { Transfer } from '../copies/transfer';
import { carryOut, uploadNeeds } from '../copies/upload';
import type { IRemote } from '../remote';
import type { IBatch } from './batch';
import { cancelThere } from './cancel';
import { readRecord, writeRecord, type ISlurmRecord } from './mirror';
import { submissionName } from './queue';
import { refusal } from './refusals';
import { folderScript } from './remote-folder';
import { recover, submit, type ISubmission, type ISubmitted } from './submit';

/** Milliseconds before a step that was cut is gone on with; doubles up to a minute. */
const PAUSE = 2_000;
const LONGEST = 30_000;

/** The badge of the cluster tells these. */
const AWAY = ['connection-lost', 'logged-out'];
/** What keeps a job waiting rather than making it fail. */
const PASSING = new Set([
  ...AWAY,
  'no-channel',
  'timed-out',
  'too-slow',
  'slurm-answer',
  'submission-unknown',
  'submission-taken',
  'slurm-down'
]);

export interface IMoverOptions {
  /** Runtime folder of this machine. */
  readonly runtime: string;
  /** What a job's scripts are made of, by the settings as they are now. */
  readonly batch: (
    spec: IJobSpec,
    place: IRemotePlace,
    recipe: Recipe
  ) => IBatch;
  /** The job's mirror has changed. */
  readonly onChange: (id: string) => void;
  /** A job is in the scheduler's hands. */
  readonly onAccepted: (user: string) => void;
}

interface IMove {
  transfer: Transfer | null;
  readonly abort: AbortController;
}

export class Mover {
  constructor(private readonly _options: IMoverOptions) {}

  moves(id: string): boolean {
    return this._moves.has(id);
  }

  transfer(id: string): Job['transfer'] {
    return this._moves.get(id)?.transfer?.told;
  }

  /** What keeps a job from the scheduler, while it is tried again. */
  obstacle(id: string): string | undefined {
    const why = this._pauses.get(id)?.why;
    return why && !AWAY.includes(why.code)
      ? `${why.message} It is tried again by itself; nothing is submitted twice.`
      : undefined;
  }

  /** Go on with a job, unless it is under way or its last try was a moment ago. */
  advance(remote: IRemote, spec: IJobSpec, paths: JobPaths): void {
    const { id, remote: place } = spec;
    const pause = this._pauses.get(id);
    const rests = pause && pause.remote === remote && Date.now() < pause.until;
    if (this._moves.has(id) || rests || !place) {
      return;
    }
    const move: IMove = { transfer: null, abort: new AbortController() };
    this._moves.set(id, move);
    this._advance(remote, spec, place, paths, move)
      .catch((error: unknown) => {
        // Not even why it failed can be written down.
        const { failure } = failureOf(error);
        process.stderr.write(`job ${id}: ${failure.message}\n`);
        this._rest(id, remote, failure);
      })
      .finally(() => {
        this._moves.delete(id);
        this._options.onChange(id);
      });
  }

  /** Stop copying; a submission that has been sent is not touched. */
  stop(id: string): void {
    const move = this._moves.get(id);
    move?.abort.abort();
    move?.transfer?.abort.abort();
  }

  dispose(): void {
    for (const id of this._moves.keys()) {
      this.stop(id);
    }
  }

  private async _advance(
    remote: IRemote,
    spec: IJobSpec,
    place: IRemotePlace,
    paths: JobPaths,
    move: IMove
  ): Promise<void> {
    try {
      const recipe = await readRecipe(paths);
      const batch = this._options.batch(spec, place, recipe);
      let record = begun(await readRecord(paths), spec, place);
      if (record.phase === 'prepared') {
        this._options.onChange(spec.id);
        await this._bring(remote, spec, place, move);
        const made = await remote.run(folderScript(batch, recipe), {
          timeout: 120_000
        });
        if (made.code !== 0) {
          throw refusal(made);
        }
        record = await this._keep(paths, { ...record, phase: 'uploaded' });
      }
      if (record.phase !== 'sent' && (await exists(paths.cancel))) {
        return;
      }
      const ids = await this._submit(remote, batch, record, paths);
      if (!ids) {
        return;
      }
      record = await this._keep(paths, {
        ...(await readRecord(paths)),
        ...ids,
        phase: 'accepted'
      });
      this._pauses.delete(spec.id);
      if (await exists(paths.cancel)) {
        await cancelThere(remote, place, paths, record);
      }
      this._options.onAccepted(spec.user);
    } catch (error) {
      await this._failed(error, remote, spec, place, paths, move);
    }
  }

  /** Runtime and data. */
  private async _bring(
    remote: IRemote,
    spec: IJobSpec,
    place: IRemotePlace,
    move: IMove
  ): Promise<void> {
    const told = (): void => this._options.onChange(spec.id);
    const { runtime } = this._options;
    const packed = new Transfer('upload', 'runtime', 0, told);
    move.transfer = packed;
    await ensureRuntime(remote, runtime, place.work, {
      signal: packed.signal,
      onProgress: packed.file()
    });
    move.transfer = null;
    for (const upload of place.uploads) {
      move.abort.signal.throwIfAborted();
      const needs = await uploadNeeds(remote, upload, place.checksum);
      if (needs.pending.length > 0) {
        move.transfer = new Transfer('upload', upload.from, needs.bytes, told);
        await carryOut(remote, needs, move.transfer);
      }
    }
    move.transfer = null;
    move.abort.signal.throwIfAborted();
  }

  /** @returns null when it was cancelled before the scheduler had it. */
  private async _submit(
    remote: IRemote,
    batch: IBatch,
    record: ISlurmRecord,
    paths: JobPaths
  ): Promise<ISubmitted | null> {
    const { uid, tasks } = record;
    const submission: ISubmission = { batch, uid, tasks };
    if (record.phase === 'sent') {
      const found = await recover(remote, submission, record.tries);
      if (found.kind === 'submitted') {
        return found.ids;
      }
      if (await exists(paths.cancel)) {
        await this._keep(paths, { ...record, phase: 'uploaded' });
        return null;
      }
    }
    const next: ISlurmRecord = {
      ...record,
      phase: 'sent',
      tries: record.tries + 1,
      sent: new Date().toISOString()
    };
    await this._keep(paths, next);
    return submit(remote, submission, next.tries);
  }

  private async _failed(
    error: unknown,
    remote: IRemote,
    spec: IJobSpec,
    place: IRemotePlace,
    paths: JobPaths,
    move: IMove
  ): Promise<void> {
    const { failure } = failureOf(error);
    const stopped = move.abort.signal.aborted || (await exists(paths.cancel));
    const passing =
      !remote.alive ||
      (error instanceof ProxyError && PASSING.has(failure.code));
    if (stopped || passing) {
      this._rest(spec.id, remote, stopped ? null : failure);
      return;
    }
    this._pauses.delete(spec.id);
    const record = begun(await readRecord(paths), spec, place);
    // Refused, not lost: the next try begins anew.
    const phase = record.phase === 'sent' ? 'uploaded' : record.phase;
    await this._keep(paths, { ...record, phase, failure }).catch(
      (also: unknown) =>
        process.stderr.write(
          `job ${spec.id}: ${failureOf(also).failure.message}\n`
        )
    );
  }

  private _rest(id: string, remote: IRemote, why: Failure | null): void {
    const pause = Math.min(
      LONGEST,
      (this._pauses.get(id)?.pause ?? PAUSE / 2) * 2
    );
    this._pauses.set(id, { remote, pause, until: Date.now() + pause, why });
  }

  private async _keep(
    paths: JobPaths,
    record: ISlurmRecord
  ): Promise<ISlurmRecord> {
    await writeRecord(paths, record);
    return record;
  }

  private readonly _moves = new Map<string, IMove>();
  private readonly _pauses = new Map<
    string,
    { remote: IRemote; pause: number; until: number; why: Failure | null }
  >();
}

/** The record of a job's first attempt, when none has been made. */
function begun(
  record: ISlurmRecord,
  spec: IJobSpec,
  place: IRemotePlace
): ISlurmRecord {
  if (record.attempt > 0) {
    return record;
  }
  return {
    ...record,
    attempt: 1,
    uid: submissionName(spec.id, 1),
    tasks: place.tasks?.map((_, index) => index) ?? null
  };
}

async function readRecipe(paths: JobPaths): Promise<Recipe> {
  const recipe: unknown = await readObject(paths.recipe);
  if (!isRecipe(recipe)) {
    throw new ProxyError(
      500,
      'recipe-lost',
      'The recipe of the job is spoilt.',
      {
        where: paths.recipe,
        hint: 'Submit the recipe again.'
      }
    );
  }
  return recipe;
}
