import type { IJobSpec } from '../../../job-folder';

export const ID = '01234567-89ab-cdef-0123-456789abcdef';

/** A job on the cluster `scarf`, submitted by an account there. */
export function remoteJob(account: string): IJobSpec {
  return {
    id: ID,
    name: 'x',
    user: 'ann',
    created: '2026-01-01T00:00:00Z',
    resource: 'scarf',
    kernel: '',
    base: '/data',
    cores: 2,
    memory: 1 << 30,
    output: '/scratch/out',
    runtime: '/runtime',
    command: '',
    remote: {
      folder: `/scratch/jobs/${ID}`,
      work: '/scratch',
      user: account,
      host: 'h',
      time: 5,
      data: {},
      uploads: []
    }
  };
}
