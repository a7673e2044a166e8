/** Slices that follow the hand, computed in the browser. */
export { LiveSlices, type ILiveImage } from './live-slices';
export { engineWorkers } from './page';
export { isLive, sliceKey, type IWantedSlice } from './wanted';
export type { EngineWorkers } from './workers';
