/**
 * The names of everything in a job folder, in one place. What each file holds
 * is in docs/architecture.md.
 */
import path from 'node:path';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is an id of a job: nothing else ever becomes a path. */
export function isJobId(text: string): boolean {
  return ID.test(text);
}

export class JobPaths {
  /** The absolute job folder. */
  readonly folder: string;

  constructor(jobs: string, id: string) {
    if (!isJobId(id)) {
      throw new RangeError(`${JSON.stringify(id)} is not the id of a job.`);
    }
    this.folder = path.join(jobs, id);
  }

  get job(): string {
    return this._file('job.json');
  }
  get recipe(): string {
    return this._file('recipe.tomo.json');
  }
  get kernel(): string {
    return this._file('kernel.json');
  }
  get attempt(): string {
    return this._file('attempt.json');
  }
  get cancel(): string {
    return this._file('cancel');
  }
  get lease(): string {
    return this._file('lease.json');
  }
  get status(): string {
    return this._file('status.json');
  }
  get events(): string {
    return this._file('events.jsonl');
  }
  get stdout(): string {
    return this._file('stdout.log');
  }
  get stderr(): string {
    return this._file('stderr.log');
  }
  /** Log of the finishing task of an array. */
  get finish(): string {
    return this._file('finish.log');
  }
  /** A file of one task of an array. */
  task(index: number, name: string): string {
    return path.join(this.folder, 'tasks', String(index), name);
  }
  /** Mirror of a remote job: what has been asked of the scheduler. */
  get slurm(): string {
    return this._file('slurm.json');
  }
  /** Mirror of a remote job: what the last poll saw. */
  get seen(): string {
    return this._file('seen.json');
  }
  /** Mirror of a remote job: where a copy of its result is, and how far it is. */
  get fetched(): string {
    return this._file('fetched.json');
  }
  /** Who owns the job: the file with the highest generation. */
  owner(generation: number): string {
    return this._file(`owner-${String(generation).padStart(6, '0')}.json`);
  }

  private _file(name: string): string {
    return path.join(this.folder, name);
  }
}

/** The job that a file in its folder belongs to; null for any other path. */
export function jobOf(jobs: string, file: string): JobPaths | null {
  const id = path.basename(path.dirname(file));
  return isJobId(id) && path.dirname(path.dirname(file)) === path.resolve(jobs)
    ? new JobPaths(jobs, id)
    : null;
}

/** Folder of the leases of the proxies that share a jobs folder. */
export function proxiesFolder(jobs: string): string {
  return path.join(jobs, '.proxies');
}

/** Folder where probes of kernels leave their answers. */
export function probesFolder(jobs: string): string {
  return path.join(jobs, '.probes');
}
