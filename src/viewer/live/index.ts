export * from './recipe-viewer';
export * from './regions';
export * from './wanted';
export * from './plugin';
