export type { Connection } from './connection';
export { HostKeys } from './host-keys';
export type { ISight } from './look';
export type { IStanding } from './session';
export { Sessions } from './sessions';
