/** Slices that follow the hand, computed in the browser. */
export { LiveSlices, type ILiveImage } from './live-slices';
export { coarseness } from './binning';
export { engineWorkers, ownWorkers } from './page';
export { release } from './release';
export { Selection } from './selection';
export {
  isLive,
  planOf,
  rowKey,
  rowOf,
  rowRequest,
  sliceKey,
  type IRow,
  type IWantedSlice
} from './wanted';
export { isOfBrowser, type EngineWorkers } from './workers';
export { Sweep } from './sweep';
