export * from './agent-slices';
export * from './engine-slices';
export type { IRowCost } from './row-price';
export type { ISliceSource } from './slice-source';
export * from './sweep-view';
export { othersSchema, type Schema } from './others';
