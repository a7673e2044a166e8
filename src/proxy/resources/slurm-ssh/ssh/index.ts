export { HostKeys } from './host-keys';
export type { IStanding } from './session';
export { Sessions } from './sessions';
