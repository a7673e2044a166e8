/** What `engine.wasm` exports; docs/architecture.md says what each does. */
export interface IEngineExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  release(pointer: number): void;
  configure(plan: number, length: number, angles: number): number;
  adjust(plan: number, length: number, column: number): number;
  recentre(column: number): number;
  sinogram(): number;
  process(): number;
  beginProcess(): number;
  resumeProcess(): number;
  partRows(): number;
  partStride(): number;
  partAt(half: number): number;
  partBytes(half: number): number;
  processed(): number;
  spectra(): number;
  image(centre: number): number;
  halfColumns(): number;
  halfRows(half: number): number;
  halfBytes(half: number): number;
  halfStride(): number;
  share(half: number): void;
  beginHalf(centre: number): number;
  takeHalf(): number;
  finishHalf(): number;
  imageSize(): number;
  order(): number;
  removeOutliers(
    data: number,
    out: number,
    rows: number,
    columns: number,
    size: number,
    threshold: number,
    kind: number
  ): number;
  noise(data: number, rows: number, columns: number, size: number): number;
  widen(data: number, out: number, count: number): void;
  attenuate(
    data: number,
    out: number,
    dark: number,
    flat: number,
    count: number,
    dose: number,
    floor: number,
    log: number
  ): number;
}

const FUNCTIONS = [
  'allocate',
  'release',
  'configure',
  'share',
  'adjust',
  'recentre',
  'sinogram',
  'process',
  'beginProcess',
  'resumeProcess',
  'partRows',
  'partStride',
  'partAt',
  'partBytes',
  'processed',
  'spectra',
  'image',
  'halfColumns',
  'halfRows',
  'halfBytes',
  'halfStride',
  'beginHalf',
  'takeHalf',
  'finishHalf',
  'imageSize',
  'order',
  'removeOutliers',
  'noise',
  'widen',
  'attenuate'
] as const satisfies readonly (keyof IEngineExports)[];

/** True when an instance's exports are those of this engine. */
export function isEngineExports(
  exports: WebAssembly.Exports
): exports is WebAssembly.Exports & IEngineExports {
  return (
    exports.memory instanceof WebAssembly.Memory &&
    FUNCTIONS.every(name => typeof exports[name] === 'function')
  );
}
