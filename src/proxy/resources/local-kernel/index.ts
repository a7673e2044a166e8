export { LocalKernelResource, serverKey } from './local-kernel';
export type { IKernels, IKernelSpecs } from './kernels';
export { ExtensionKernels } from './extension-kernels';
export { ServicesKernels } from './services-kernels';
