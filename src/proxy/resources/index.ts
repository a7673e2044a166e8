export * from './resource';
export { SlurmResource, startRemoteAgent, viewRemote } from './slurm-ssh';
export type { IRemote, IRemotes } from './slurm-ssh/remote';
export { listRemoteFolder } from './slurm-ssh/folder';
export { preflight } from './slurm-ssh/preflight';
export { HostKeys, Sessions } from './slurm-ssh/ssh';
export {
  ExtensionKernels,
  LocalKernelResource,
  serverKey,
  ServicesKernels
} from './local-kernel';
