export * from './paths';
export * from './records';
