export * from './agent-slices';
export * from './engine-slices';
export * from './sweep-view';
