/**
 * Jobs in kernels of the Jupyter server: one kernel a job, never shared, ended
 * with the job.
 */
import type { Resource } from '../../../api/_generated/api';
import { messageOf, ProxyError } from '../../failure';
import { replaceJson } from '../../files';
import type { JobPaths } from '../../job-folder';
import {
  readAttempt,
  readKernel,
  type IJobSpec,
  type IKernelRecord
} from '../../job-folder';
import { HOST, isAlive } from '../../processes';
import type { IHolder, IKernelResource } from '../resource';
import { jobCode } from './bootstrap';
import type { IKernels, IKernelSpecs } from './kernels';
import { LeftOverKernels } from './left-over';
import { probe, type IProbed } from './probe';

export class LocalKernelResource implements IKernelResource {
  /**
   * @param options.server - key of the Jupyter server that has the kernels.
   */
  constructor(
    private readonly _kernels: IKernels,
    private readonly _options: { jobs: string; server: string }
  ) {
    this._leftOver = new LeftOverKernels(_kernels, _options.jobs);
  }

  readonly name = 'local';
  readonly kind = 'local-kernel' as const;

  /** End the kernels that an earlier proxy of this server has left. */
  open(): Promise<void> {
    return this._leftOver.first();
  }

  async describe(): Promise<Resource> {
    const about = {
      name: this.name,
      kind: this.kind,
      title: 'Local kernel'
    } as const;
    let specs: IKernelSpecs;
    try {
      specs = await this._kernels.specs();
    } catch (error) {
      return {
        ...about,
        state: 'offline',
        kernels: [],
        reason: {
          code: 'server-unreachable',
          message: `The Jupyter server does not list its kernels: ${messageOf(error)}`,
          where: 'server',
          hint: 'See the log of the Jupyter server.'
        }
      };
    }
    // The default first: it is what runs where none is chosen.
    const known = [...pythons(specs)].sort(
      (a, b) =>
        Number(b.name === specs.default) - Number(a.name === specs.default)
    );
    const kernels = known.map(spec => ({
      name: spec.name,
      title: spec.title,
      ...(this._probed.get(spec.name) ?? { usable: 'unknown' as const })
    }));
    return { ...about, state: 'online', kernels };
  }

  async probe(): Promise<Resource> {
    for (const spec of pythons(await this._kernels.specs())) {
      await this._probe(spec.name);
    }
    return this.describe();
  }

  async check(kernel: string): Promise<string> {
    const specs = await this._kernels.specs();
    const known = pythons(specs);
    const name = kernel || specs.default;
    if (!known.some(spec => spec.name === name)) {
      throw new ProxyError(
        422,
        'no-kernel',
        `There is no Python kernel named ${name}.`,
        {
          where: 'kernel',
          hint: `Choose one of: ${known.map(spec => spec.name).join(', ') || 'none is installed'}.`
        }
      );
    }
    // Looked at again, as what was missing may have been installed.
    if (this._probed.get(name)?.usable === 'no') {
      const { reason } = await this._probe(name);
      if (reason) {
        throw ProxyError.from(reason, 422);
      }
    }
    return name;
  }

  async python(kernel: string): Promise<string | undefined> {
    const name = kernel || (await this._kernels.specs()).default;
    const known = this._probed.get(name) ?? (await this._probe(name));
    return known.usable === 'yes' ? known.python : undefined;
  }

  async start(spec: IJobSpec, paths: JobPaths, attempt: number): Promise<void> {
    const kernel = await this._leftOver.during(paths.recipe, () =>
      this._startKernel(spec, paths, attempt)
    );
    await this._kernels.execute(
      kernel,
      jobCode({
        folder: paths.folder,
        runtime: spec.runtime,
        attempt,
        kernel: spec.kernel
      })
    );
  }

  async cancel(paths: JobPaths): Promise<void> {
    const record = await readKernel(paths);
    if (!record || record.server !== this._options.server) {
      return;
    }
    const attempt = await readAttempt(paths);
    if (attempt?.attempt === record.attempt) {
      await this._kernels.interrupt(record.kernel);
    } else {
      // The kernel has not begun: without it there will be no runner.
      await this._kernels.shutdown(record.session);
    }
  }

  async observe(paths: JobPaths): Promise<IHolder> {
    const record = await readKernel(paths);
    if (!record) {
      return { alive: null, ended: null };
    }
    const attempt = await readAttempt(paths);
    if (attempt?.attempt !== record.attempt) {
      return { alive: await this._has(record), ended: null };
    }
    if (attempt.ended) {
      return { alive: null, ended: attempt.ended };
    }
    // The server restarts a kernel that died under the same id: the process tells.
    const alive =
      attempt.host === HOST ? isAlive(attempt.kernel) : await this._has(record);
    return { alive, ended: null };
  }

  async release(paths: JobPaths): Promise<void> {
    const record = await readKernel(paths);
    if (record?.session && record.server === this._options.server) {
      await this._kernels.shutdown(record.session);
      await replaceJson(paths.kernel, { ...record, session: '' });
    }
  }

  dispose(): void {
    this._leftOver.dispose();
    this._kernels.dispose();
  }

  /** A kernel that the job's folder knows, or none. */
  private async _startKernel(
    spec: IJobSpec,
    paths: JobPaths,
    attempt: number
  ): Promise<string> {
    const { session, kernel } = await this._kernels.start({
      path: paths.recipe,
      name: `Tomography: ${spec.name}`,
      kernel: spec.kernel
    });
    const record: IKernelRecord = {
      session,
      kernel,
      spec: spec.kernel,
      attempt,
      server: this._options.server,
      host: HOST
    };
    try {
      await replaceJson(paths.kernel, record);
    } catch (error) {
      await this._kernels.shutdown(session).catch(() => {
        // The first error is the one that tells; the kernel is looked for again.
      });
      throw error;
    }
    return kernel;
  }

  /** Whether the kernel's server has it; null while that cannot be asked. */
  private async _has(record: IKernelRecord): Promise<boolean | null> {
    if (record.server !== this._options.server) {
      return record.host === HOST && isAlive(serverProcess(record.server))
        ? null
        : false;
    }
    try {
      return await this._kernels.alive(record.kernel);
    } catch {
      // A server that cannot be asked now says nothing about its kernels.
      return null;
    }
  }

  private async _probe(name: string): Promise<IProbed> {
    const found = await probe(
      this._kernels,
      this._leftOver,
      this._options.jobs,
      name
    );
    this._probed.set(name, found);
    return found;
  }

  private readonly _leftOver: LeftOverKernels;
  private readonly _probed = new Map<string, IProbed>();
}

function pythons(specs: IKernelSpecs): IKernelSpecs['specs'] {
  return specs.specs.filter(spec => spec.language.toLowerCase() === 'python');
}

/** Key of the Jupyter server that started this proxy; a new one after a restart of the server. */
export function serverKey(): string {
  return `${HOST}:${process.ppid}`;
}

function serverProcess(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}
