export * from './payload';
export * from './plugin';
