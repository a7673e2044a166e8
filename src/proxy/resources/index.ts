export * from './resource';
export { viewRemote } from './slurm-ssh';
export {
  ExtensionKernels,
  LocalKernelResource,
  serverKey,
  ServicesKernels
} from './local-kernel';
