export type { Connection } from './connection';
export { parseSpace, spaceScript } from './free-space';
export { HostKeys } from './host-keys';
export type { ISight } from './look';
export type { IStanding } from './session';
export { Sessions } from './sessions';
