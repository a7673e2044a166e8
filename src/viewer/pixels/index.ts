export * from './colours';
export * from './gestures';
export * from './image';
export * from './image-view';
export * from './levels';
export * from './overlays';
export * from './paint';
export * from './view';
