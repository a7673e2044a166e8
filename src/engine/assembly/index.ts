/** The engine's door; docs/architecture.md has the table of these functions. */
import { allocate as allocateBytes, release as releaseBytes } from './memory';
import {
  beginHalf as beginHalfOf,
  bytesGiven,
  finishHalf as finishHalfOf,
  rowsGiven,
  takeHalf as takeHalfOf
} from './halves';
import { rowStride } from './grid';
import { gridPoints, makeImage, middleColumn, prepareImage, releaseImage, size } from './image';
import {
  askedSize,
  centre,
  columns,
  count,
  cutoff,
  filterCode,
  hasSameSteps,
  isAlike,
  isCentre,
  moveCentre,
  readPlan,
  Refusal,
  rotation
} from './plan';
import { askFor, isHalf, prepareShare } from './share';
import {
  beginSinogram,
  isLent,
  isUnderWay,
  prepareSinogram,
  prepareSteps,
  processSinogram,
  processedRows,
  rawRows,
  releaseSinogram,
  resumeSinogram
} from './sinogram';
import {
  partAt as partOf,
  partBytes as bytesOfPart,
  partRows as rowsOfPart,
  partStride as strideOfPart
} from './span';
import {
  length as spectraPoints,
  makeSpectra,
  prepareSpectra,
  refilter,
  releaseSpectra,
  spectraLength
} from './spectra';
import {
  fullTurn,
  longerSide,
  order as viewOrder,
  partly,
  readAngles,
  redundant,
  releaseViews,
  turnViews,
  weighViews
} from './views';

export { attenuate, widen } from './attenuate';
export { noise } from './noise';
export { removeOutliers } from './outliers';
export { preparePhase, retrievePhase } from './phase';
export { straighten } from './straighten';

/** An axis farther from the middle than this part of the columns widens the slice. */
const OFF_CENTRE: f64 = 0.05;

const enum State {
  Empty,
  Configured,
  Processed,
  Transformed
}

let state = State.Empty;
/** The processed sinogram is there: its memory has not been used for a slice. */
let kept: bool = false;

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

/** Columns of a transform: what is filtered must not come round to the other side of the slice. */
function reach(pixels: i32): f64 {
  return 0.95 * (<f64>pixels + 2 * longerSide());
}

function prepare(angles: usize): Refusal {
  let refusal = readAngles(angles);
  if (refusal) {
    return refusal;
  }
  const pixels = askedSize > 0 ? askedSize : chosenSize();
  prepareShare(pixels, gridPoints(pixels));
  refusal = prepareImage(pixels);
  if (refusal) {
    return refusal;
  }
  refusal = prepareSpectra(reach(pixels), gridPoints(pixels));
  if (refusal) {
    return refusal;
  }
  return prepareSinogram();
}

export function share(half: i32): void {
  askFor(half);
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

/** What `adjust` leaves to do. */
const enum Redo {
  /** There was no memory, and the engine is empty. */
  Lost = -2,
  Everything = -1,
  Image = 0,
  Spectra = 1,
  Process = 2
}

/** What `beginProcess` and `resumeProcess` leave to do. */
const enum Process {
  /** There is nothing to process. */
  Refused = -1,
  Done = 0,
  Exchange = 1
}

/** True when an axis at `column` needs a slice and transforms of the lengths that there are. */
function isAsLarge(column: f64): bool {
  const before = centre;
  moveCentre(column);
  const pixels = askedSize > 0 ? askedSize : chosenSize();
  const same = pixels == size && spectraLength(reach(pixels)) == spectraPoints;
  moveCentre(before);
  return same;
}

export function adjust(plan: i32, length: i32, column: f64): i32 {
  const at = <usize>plan;
  const alike = state != State.Empty && isAlike(at, length);
  // Half an engine keeps only the bins of its directions.
  if (alike && isHalf() && load<f64>(at, 80) != rotation) {
    return Redo.Everything;
  }
  if (!alike || !isCentre(column, columns) || !isAsLarge(load<f64>(at, 24))) {
    return Redo.Everything;
  }
  const sameSteps = hasSameSteps(at, length);
  const oldCentre = centre;
  const oldFilter = filterCode;
  const oldCutoff = cutoff;
  const oldRotation = rotation;
  if (readPlan(at, length)) {
    return Redo.Everything;
  }
  moveCentre(column);
  if (rotation != oldRotation) {
    if (turnViews()) {
      clear();
      return Redo.Lost;
    }
    state = min(state, State.Processed);
  }
  if (centre != oldCentre) {
    const weighted = redundant || partly;
    if (weighViews()) {
      clear();
      return Redo.Lost;
    }
    if (weighted || redundant || partly) {
      state = min(state, State.Processed);
    }
  }
  if (!sameSteps) {
    state = State.Configured;
    if (prepareSteps()) {
      clear();
      return Redo.Lost;
    }
  }
  if (filterCode != oldFilter || cutoff != oldCutoff) {
    refilter();
  }
  return <i32>State.Transformed - <i32>state;
}

export function recentre(column: f64): i32 {
  if (state == State.Empty) {
    return Refusal.NotConfigured;
  }
  if (!isCentre(column, columns)) {
    return Refusal.Centre;
  }
  moveCentre(column);
  state = min(state, kept ? State.Processed : State.Configured);
  return weighViews();
}

export function sinogram(): i32 {
  return <i32>rawRows;
}

export function process(): i32 {
  if (state == State.Empty) {
    return Refusal.NotConfigured;
  }
  processSinogram();
  state = State.Processed;
  kept = true;
  return Refusal.None;
}

function afterPart(due: bool): Process {
  if (due) {
    return Process.Exchange;
  }
  state = State.Processed;
  kept = true;
  return Process.Done;
}

export function beginProcess(): i32 {
  if (state == State.Empty) {
    return Process.Refused;
  }
  state = State.Configured;
  kept = false;
  return afterPart(beginSinogram());
}

export function resumeProcess(): i32 {
  return isUnderWay() ? afterPart(resumeSinogram()) : Process.Refused;
}

export function partRows(): i32 {
  return isUnderWay() ? rowsOfPart() : 0;
}

export function partStride(): i32 {
  return <i32>strideOfPart();
}

export function partAt(half: i32): i32 {
  return <i32>partOf(half);
}

export function partBytes(half: i32): i32 {
  return <i32>bytesOfPart(half);
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
  if (state < State.Transformed || isHalf()) {
    return 0;
  }
  const axis = isNaN(column) ? centre : column;
  return isCentre(axis, columns) ? <i32>makeImage(axis) : 0;
}

export function halfColumns(): i32 {
  return state == State.Empty ? 0 : middleColumn();
}

export function beginHalf(column: f64): i32 {
  const axis = isNaN(column) ? centre : column;
  if (state < State.Transformed || !isHalf() || !isCentre(axis, columns)) {
    return 0;
  }
  kept = !isLent();
  return <i32>beginHalfOf(axis);
}

export function halfRows(half: i32): i32 {
  return rowsGiven(half);
}

export function halfBytes(half: i32): i32 {
  return <i32>bytesGiven(half);
}

export function halfStride(): i32 {
  return <i32>rowStride;
}

export function takeHalf(): i32 {
  return <i32>takeHalfOf();
}

export function finishHalf(): i32 {
  return <i32>finishHalfOf();
}

export function imageSize(): i32 {
  return state == State.Empty ? 0 : size;
}

export function order(): i32 {
  return <i32>viewOrder;
}
