/**
 * Kernels that nobody ends: a proxy that was killed between the start of one
 * and the writing of kernel.json leaves it to no job.
 */
import path from 'node:path';

import { messageOf } from '../../failure';
import { jobOf, probesFolder, readKernel } from '../../job-folder';
import type { IKernels, IKernelSession } from './kernels';

/**
 * Milliseconds until they are looked for once more: a server goes on with a
 * start that was asked of it, so that the kernel may come after the first look.
 */
const LATE = 90_000;

export class LeftOverKernels {
  /** @param _jobs - absolute folder of the job folders. */
  constructor(
    private readonly _kernels: IKernels,
    private readonly _jobs: string,
    private readonly _late = LATE
  ) {}

  /**
   * Start a kernel and make it known; meanwhile it is not taken for one that
   * is left over. The first start waits until those of before have ended.
   *
   * @param file - what its session is for.
   */
  async during<T>(file: string, start: () => Promise<T>): Promise<T> {
    await this.first();
    this._starting.add(file);
    try {
      return await start();
    } catch (error) {
      // It may be there all the same: what was lost may be the answer.
      this.again();
      throw error;
    } finally {
      this._starting.delete(file);
    }
  }

  /** End those of an earlier proxy, once; what cannot be ended is told in the server's log. */
  first(): Promise<void> {
    this._first ??= this._end().finally(() => this.again());
    return this._first;
  }

  /** Look for them once more after a while. */
  again(): void {
    clearTimeout(this._timer);
    if (!this._disposed) {
      this._timer = setTimeout(() => void this._end(), this._late);
      this._timer.unref();
    }
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
  }

  private async _end(): Promise<void> {
    try {
      for (const each of await this._kernels.sessions()) {
        if (each.type === 'tomo' && (await this._isLeft(each))) {
          await this._kernels.shutdown(each.session).catch(complain);
        }
      }
    } catch (error) {
      complain(error);
    }
  }

  /** Of our jobs folder, and nobody's. Asked in this order: what has been started is in kernel.json. */
  private async _isLeft(each: IKernelSession): Promise<boolean> {
    const job = jobOf(this._jobs, each.path);
    const probe = path.dirname(each.path) === probesFolder(this._jobs);
    if ((!job && !probe) || this._starting.has(each.path)) {
      return false;
    }
    return !job || (await readKernel(job))?.session !== each.session;
  }

  private _first: Promise<void> | null = null;
  private _disposed = false;
  private _timer: NodeJS.Timeout | undefined;
  private readonly _starting = new Set<string>();
}

function complain(error: unknown): void {
  process.stderr.write(
    `A kernel that no job knows may be left: ${messageOf(error)}\n`
  );
}
