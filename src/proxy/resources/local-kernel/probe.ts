/**
 * What a kernelspec's Python is and has. The answer comes back through a file
 * in the jobs folder: a kernel that cannot write there cannot run jobs either.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';

import type { Failure } from '../../../api/_generated/api';
import { messageOf } from '../../failure';
import { readObject, text } from '../../files';
import { probesFolder } from '../../job-folder';
import { probeCode, type IProbe } from './bootstrap';
import type { IKernels } from './kernels';
import type { LeftOverKernels } from './left-over';

const TIMEOUT = 60_000;
const STEP = 100;

export interface IProbed {
  readonly usable: 'yes' | 'no';
  readonly python?: string;
  readonly reason?: Failure;
}

export async function probe(
  kernels: IKernels,
  leftOver: LeftOverKernels,
  jobs: string,
  kernel: string,
  timeout = TIMEOUT
): Promise<IProbed> {
  const folder = probesFolder(jobs);
  const nonce = randomUUID();
  const answer = path.join(folder, `${nonce}.json`);
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  return leftOver.during(answer, () =>
    ask(kernels, leftOver, { answer, nonce }, kernel, timeout)
  );
}

async function ask(
  kernels: IKernels,
  leftOver: LeftOverKernels,
  { answer, nonce }: IProbe,
  kernel: string,
  timeout: number
): Promise<IProbed> {
  let session: string | null = null;
  try {
    const started = await kernels.start({
      path: answer,
      name: `Looking at ${kernel}`,
      kernel
    });
    session = started.session;
    await within(
      timeout,
      kernels.execute(started.kernel, probeCode({ answer, nonce }))
    );
    return await waitFor(answer, nonce, kernel, timeout);
  } catch (error) {
    return refused(
      'kernel-not-started',
      `Kernel ${kernel} does not start: ${messageOf(error)}`,
      kernel,
      'Start it from the launcher to see why, or choose another kernel.'
    );
  } finally {
    await fs.rm(answer, { force: true });
    // One whose start or end was not answered may be there all the same.
    if (session === null) {
      leftOver.again();
    } else {
      await kernels.shutdown(session).catch(() => leftOver.again());
    }
  }
}

async function waitFor(
  answer: string,
  nonce: string,
  kernel: string,
  timeout: number
): Promise<IProbed> {
  const until = Date.now() + timeout;
  while (Date.now() < until) {
    const found = await readObject(answer);
    if (found && text(found, 'nonce') === nonce) {
      const python = text(found, 'python');
      if (found.old === true) {
        return {
          python,
          ...refused(
            'python-too-old',
            `Kernel ${kernel} has Python ${text(found, 'version') ?? '?'}; 3.9 or newer is needed.`,
            kernel,
            'Choose another kernel.'
          )
        };
      }
      if (text(found, 'numpy') === undefined) {
        return {
          python,
          ...refused(
            'numpy-missing',
            `numpy is missing in the environment of kernel ${kernel}.`,
            kernel,
            'Install it there (pip install numpy) or choose another kernel.'
          )
        };
      }
      return { usable: 'yes', python };
    }
    await new Promise(resolve => setTimeout(resolve, STEP));
  }
  return refused(
    'kernel-elsewhere',
    `Kernel ${kernel} gave no answer in the jobs folder.`,
    kernel,
    `It must run where ${path.dirname(path.dirname(answer))} can be written; choose another kernel.`
  );
}

function refused(
  code: string,
  message: string,
  kernel: string,
  hint: string
): { usable: 'no'; reason: Failure } {
  return {
    usable: 'no',
    reason: { code, message, where: `kernel ${kernel}`, hint }
  };
}

/** Reject when it takes longer than `milliseconds`. */
async function within<T>(
  milliseconds: number,
  promise: Promise<T>
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`no answer in ${Math.round(milliseconds / 1000)} s.`)),
      milliseconds
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
