export { CompareView } from './compare-view';
export { othersThan, register } from './source';
export type { IComparable, ICompareSource } from './source';
export { pixelOf } from './subject';
export type { ISubject } from './subject';
