export * from './sweep-view';
