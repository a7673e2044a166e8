export { startRemoteAgent } from './agent';
export { SlurmResource, type ISlurmOptions } from './slurm-ssh';
export type { IAdopter } from './slurm/adoption';
export { viewRemote } from './slurm/view';
