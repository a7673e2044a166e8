export * from './cache';
export * from './link';
export * from './newest';
export * from './store';
