export { addRemoteCommand, slashed } from './command';
export type { IChosen } from './model';
