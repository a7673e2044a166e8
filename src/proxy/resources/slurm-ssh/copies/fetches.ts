/** The results that are being copied here. */
import { ProxyError } from '../../../failure';
import { replaceJson } from '../../../files';
import type { Job } from '../../../../api/_generated/api';
import { failureOf } from '../../../failure';
import type { JobPaths } from '../../../job-folder';
import type { IRemote } from '../remote';
import { carryOutFetch, fetchNeeds, type IFetch } from './fetch';
import { Transfer } from './transfer';

export class Fetches {
  /** @param _onChange - called with the job when a copy has come on, ended or failed. */
  constructor(private readonly _onChange: (id: string) => void) {}

  transfer(id: string): Job['transfer'] {
    return this._going.get(id)?.told;
  }

  /**
   * Begin a copy, or go on with one.
   *
   * @throws ProxyError when one is under way, or it cannot be begun.
   */
  async begin(remote: IRemote, paths: JobPaths, fetch: IFetch): Promise<void> {
    if (this._going.has(fetch.job)) {
      throw new ProxyError(
        409,
        'fetch-under-way',
        'The result of this job is being copied already.',
        { where: fetch.job, hint: 'Wait, or stop that copy first.' }
      );
    }
    const tell = (): void => this._onChange(fetch.job);
    // Taken before anything is awaited: two requests must not both begin.
    const { signal } = this._hold(fetch, 0, tell);
    try {
      const needs = await fetchNeeds(remote, fetch);
      if (signal.aborted) {
        throw new ProxyError(409, 'fetch-stopped', 'The copy was stopped.', {
          where: fetch.job,
          hint: 'Copy again: what is there is not copied twice.'
        });
      }
      const transfer = this._hold(fetch, needs.bytes, tell);
      await replaceJson(paths.fetched, {
        folder: fetch.to,
        rows: fetch.rows,
        done: false
      });
      void this._carryOut(remote, paths, fetch, needs, transfer);
    } catch (error) {
      this._going.delete(fetch.job);
      throw error;
    }
  }

  stop(id: string): void {
    this._going.get(id)?.abort.abort();
  }

  dispose(): void {
    for (const transfer of this._going.values()) {
      transfer.abort.abort();
    }
  }

  private _hold(fetch: IFetch, bytes: number, tell: () => void): Transfer {
    const transfer = new Transfer('fetch', fetch.to, bytes, tell);
    this._going.set(fetch.job, transfer);
    return transfer;
  }

  private async _carryOut(
    remote: IRemote,
    paths: JobPaths,
    fetch: IFetch,
    needs: Awaited<ReturnType<typeof fetchNeeds>>,
    transfer: Transfer
  ): Promise<void> {
    const record = { folder: fetch.to, rows: fetch.rows };
    try {
      await carryOutFetch(remote, fetch, needs, transfer);
      await replaceJson(paths.fetched, { ...record, done: true });
    } catch (error) {
      const stopped = transfer.signal.aborted;
      const failure = stopped ? undefined : failureOf(error).failure;
      await replaceJson(paths.fetched, {
        ...record,
        done: false,
        failure
      }).catch((also: unknown) =>
        process.stderr.write(
          `job ${fetch.job}: ${failureOf(also).failure.message}\n`
        )
      );
    } finally {
      this._going.delete(fetch.job);
      this._onChange(fetch.job);
    }
  }

  private readonly _going = new Map<string, Transfer>();
}
