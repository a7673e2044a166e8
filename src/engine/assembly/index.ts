/** The engine's door; docs/architecture.md has the table of these functions. */
import { allocate as allocateBytes, release as releaseBytes } from './memory';
import { makeImage, prepareImage, releaseImage, size } from './image';
import {
  askedSize,
  centre,
  columns,
  count,
  isCentre,
  moveCentre,
  readPlan,
  Refusal
} from './plan';
import {
  prepareSinogram,
  processSinogram,
  processedRows,
  rawRows,
  releaseSinogram
} from './sinogram';
import { makeSpectra, prepareSpectra, releaseSpectra } from './spectra';
import {
  fullTurn,
  longerSide,
  order as viewOrder,
  readAngles,
  releaseViews,
  weighViews
} from './views';

export { attenuate, widen } from './attenuate';
export { noise } from './noise';
export { removeOutliers } from './outliers';

/** An axis farther from the middle than this part of the columns widens the slice. */
const OFF_CENTRE: f64 = 0.05;

const enum State {
  Empty,
  Configured,
  Processed,
  Transformed
}

let state = State.Empty;

export function allocate(bytes: i32): i32 {
  return bytes < 0 ? 0 : <i32>allocateBytes(<usize>bytes);
}

export function release(pointer: i32): void {
  releaseBytes(<usize>pointer);
}

function clear(): void {
  state = State.Empty;
  releaseImage();
  releaseSpectra();
  releaseSinogram();
  releaseViews();
}

/** Pixels of the slice when the plan leaves them to the engine. */
function chosenSize(): i32 {
  const offset = Math.abs(centre - 0.5 * <f64>(columns - 1));
  if (!fullTurn || offset <= OFF_CENTRE * <f64>columns) {
    return columns;
  }
  const radius = <i32>Math.ceil(longerSide() - 0.5);
  return 2 * radius + (columns & 1);
}

function prepare(angles: usize): Refusal {
  let refusal = readAngles(angles);
  if (refusal) {
    return refusal;
  }
  const pixels = askedSize > 0 ? askedSize : chosenSize();
  refusal = prepareSinogram();
  if (refusal) {
    return refusal;
  }
  // What is filtered must not come round to the other side of the slice.
  refusal = prepareSpectra(0.95 * (<f64>pixels + 2 * longerSide()));
  if (refusal) {
    return refusal;
  }
  return prepareImage(pixels);
}

export function configure(plan: i32, length: i32, angles: i32): i32 {
  clear();
  let refusal = readPlan(<usize>plan, length);
  if (refusal == Refusal.None) {
    refusal = prepare(<usize>angles);
  }
  if (refusal) {
    clear();
    return refusal;
  }
  state = State.Configured;
  return Refusal.None;
}

export function recentre(column: f64): i32 {
  if (state == State.Empty) {
    return Refusal.NotConfigured;
  }
  if (!isCentre(column, columns)) {
    return Refusal.Centre;
  }
  moveCentre(column);
  state = min(state, State.Processed);
  return weighViews();
}

export function sinogram(): i32 {
  return <i32>rawRows;
}

export function process(): i32 {
  if (state == State.Empty) {
    return Refusal.NotConfigured;
  }
  const refusal = processSinogram();
  state = refusal ? State.Configured : State.Processed;
  return refusal;
}

export function processed(): i32 {
  return <i32>processedRows;
}

export function spectra(): i32 {
  if (state < State.Processed) {
    return Refusal.NotConfigured;
  }
  makeSpectra(processedRows);
  state = State.Transformed;
  return Refusal.None;
}

export function image(column: f64): i32 {
  if (state < State.Transformed) {
    return 0;
  }
  const axis = isNaN(column) ? centre : column;
  return isCentre(axis, columns) ? <i32>makeImage(axis) : 0;
}

export function imageSize(): i32 {
  return state == State.Empty ? 0 : size;
}

export function order(): i32 {
  return <i32>viewOrder;
}
