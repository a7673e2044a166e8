export * from './resource';
export {
  ExtensionKernels,
  LocalKernelResource,
  serverKey,
  ServicesKernels
} from './local-kernel';
