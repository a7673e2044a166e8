/**
 * Jobs and where they can run; what is asked of them is only noted.
 */
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type {
  Estimate,
  Failure,
  FetchRequest,
  Job,
  Resource,
  SubmissionPlan
} from '../../../api';
import type { IRunChoice, IRunLimits, ITomoJobs } from '../../../tokens';

export const ESTIMATE: Estimate = {
  slices: 128,
  memory: 1503238553,
  outputBytes: 356986880,
  freeBytes: 54760833024,
  output: '/data/processed/grapes_builtin_20261123',
  seconds: 3.2,
  basis: 'Measured on this machine with 128 slices of this size.'
};

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'grapes',
    resource: 'local',
    kernel: 'python3',
    state: 'running',
    created: '2026-11-23T20:00:00Z',
    progress: { stage: 'slices', done: 44, total: 128, remaining: 2 },
    slices: { done: 44, total: 128 },
    warnings: [],
    output: '/data/processed/grapes',
    resumable: false,
    ...changes
  };
}

export class FakeJobs implements ITomoJobs {
  jobs: readonly Job[] = [];
  resources: readonly Resource[] = [
    {
      name: 'local',
      title: 'Local kernel',
      kind: 'local-kernel',
      state: 'online',
      kernels: [
        {
          name: 'python3',
          title: 'Python 3',
          usable: 'yes',
          python: '/usr/bin/python3'
        },
        {
          name: 'bare',
          title: 'Bare',
          usable: 'no',
          reason: {
            code: 'no-numpy',
            message: 'numpy is missing.',
            where: 'bare',
            hint: 'Install it there.'
          }
        }
      ]
    }
  ];
  failure: Failure | null = null;
  choice: IRunChoice = {
    resource: 'local',
    kernel: 'python3',
    cores: 2,
    memory: 4 * 1024 ** 3
  };
  readonly changed: Signal<ITomoJobs, void> = new Signal(this);
  isDisposed = false;
  readonly calls: string[] = [];
  text = '';

  commands: { name: string; command: string }[] = [];

  get limits(): IRunLimits {
    const { cores, memory } = this.choice;
    return { cores, memory, ...this.clusterLimits };
  }
  clusterLimits: Partial<IRunLimits> = {};

  setChoice(choice: Partial<IRunChoice>): void {
    this.choice = { ...this.choice, ...choice };
    this.changed.emit();
  }
  setLimits(limits: Partial<IRunLimits>): void {
    if (this.clusterLimits.time === undefined) {
      this.choice = { ...this.choice, ...limits };
    } else {
      this.clusterLimits = { ...this.clusterLimits, ...limits };
    }
    this.changed.emit();
  }
  plan(): Promise<SubmissionPlan> {
    return Promise.reject(new Error('No plan is set.'));
  }
  runAgain(id: string): Promise<Job> {
    this.calls.push(`again ${id}`);
    return Promise.resolve(job());
  }
  job(id: string): Promise<Job> {
    const found = this.jobs.find(each => each.id === id);
    return found ? Promise.resolve(found) : Promise.reject(new Error('gone'));
  }
  fetchResult(id: string, request: FetchRequest): Promise<void> {
    this.calls.push(`fetch ${id} ${request.folder}`);
    return Promise.resolve();
  }
  stopFetching(id: string): Promise<void> {
    this.calls.push(`stop ${id}`);
    return Promise.resolve();
  }
  submit(): Promise<Job> {
    return Promise.resolve(job());
  }
  /** What an estimate warns of. */
  warnings: string[] = [];
  estimate(): Promise<Estimate> {
    this.calls.push('estimate');
    if (this.failure) {
      return Promise.reject(new ApiError(this.failure));
    }
    return Promise.resolve({ ...ESTIMATE, warnings: this.warnings });
  }
  cancel(id: string): Promise<void> {
    this.calls.push(`cancel ${id}`);
    return Promise.resolve();
  }
  resume(id: string): Promise<void> {
    this.calls.push(`resume ${id}`);
    return Promise.resolve();
  }
  forget(id: string): Promise<void> {
    this.calls.push(`forget ${id}`);
    return Promise.resolve();
  }
  log(
    id: string,
    offset: number
  ): Promise<{ text: string; offset: number; size: number }> {
    return Promise.resolve({
      text: this.text.slice(offset),
      offset: this.text.length,
      size: this.text.length
    });
  }
  refresh(): Promise<void> {
    this.calls.push('refresh');
    return Promise.resolve();
  }
  dispose(): void {
    this.isDisposed = true;
  }
}
