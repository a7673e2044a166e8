export * from './balanced';
export * from './contrast-bar';
export * from './histogram-view';
export * from './model';
