/** The sinogram: from acquisition order to sorted rows, and the plan's steps on them. */
import { allocate, release } from './memory';
import { plane } from './grid';
import { columns, count, Refusal, stepAt, stepCount } from './plan';
import { isHalf } from './share';
import { spanAll, spanHalf, takeDue } from './span';
import { values } from './spectra';
import { checkStripes, prepareStripes, releaseStripes, removeStripes, sortsColumns, stripeBytes } from './stripes';
import { fullTurn, order, partTurn } from './views';

/** float32[count][columns], acquisition order: the host writes here. */
export let rawRows: usize = 0;
/** float32[count][columns], sorted by angle. */
export let processedRows: usize = 0;

/** Memory of their own; 0 where they share another's. */
let ownRaw: usize = 0;
let ownProcessed: usize = 0;

/** The step that is under way, -1: none; and which of its stages is next. */
let step: i32 = -1;
let stage: i32 = 0;

export function releaseSinogram(): void {
  release(ownRaw);
  release(ownProcessed);
  ownRaw = ownProcessed = rawRows = processedRows = 0;
  step = -1;
  releaseStripes();
}

/** Spectra and plane must be there: half an engine lends their memory to the sinogram. */
export function prepareSinogram(): Refusal {
  const bytes = (<usize>count * <usize>columns) << 2;
  rawRows = isHalf() ? values : (ownRaw = allocate(bytes));
  processedRows = isLent() ? plane : (ownProcessed = allocate(bytes));
  if (!rawRows || !processedRows) {
    return Refusal.Memory;
  }
  memory.fill(rawRows, 0, bytes);
  memory.fill(processedRows, 0, bytes);
  return prepareSteps();
}

/**
 * True when the plane's memory is the processed sinogram's between slices. Spectra
 * of more than half a turn depend on the axis, and are made again from it.
 */
export function isLent(): bool {
  return isHalf() && !fullTurn && !partTurn;
}

/** Check the plan's steps and take the memory that they need; the order of the same sinogram is kept. */
export function prepareSteps(): Refusal {
  let most: usize = 0;
  let sorted = false;
  step = -1;
  for (let index = 0; index < stepCount; index++) {
    const at = stepAt(index);
    if (!checkStripes(at)) {
      return Refusal.Step;
    }
    most = max(most, stripeBytes(at));
    sorted = sorted || sortsColumns(at);
  }
  return prepareStripes(most, sorted) ? Refusal.None : Refusal.Memory;
}

/** Sort the rows by angle and run the steps. NaN and infinities become 0. */
export function processSinogram(): void {
  spanAll();
  sortRows();
  resumeSinogram();
}

/** The same on this engine's half of the columns; true when there is something to exchange before it goes on. */
export function beginSinogram(): bool {
  spanHalf();
  sortRows();
  return resumeSinogram();
}

/** Whether there is something to go on with. */
export function isUnderWay(): bool {
  return step >= 0;
}

/** Go on, with what the other engine has made; true when there is something to exchange again. */
export function resumeSinogram(): bool {
  while (step < stepCount) {
    if (removeStripes(stepAt(step), processedRows, stage)) {
      stage++;
    } else {
      step++;
      stage = 0;
    }
    if (takeDue()) {
      return true;
    }
  }
  step = -1;
  return false;
}

function sortRows(): void {
  step = stage = 0;
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < count; row++) {
    const source = <usize>load<i32>(order + ((<usize>row) << 2));
    copyFinite(
      processedRows + <usize>row * bytes,
      rawRows + source * bytes,
      bytes
    );
  }
}

function copyFinite(to: usize, from: usize, bytes: usize): void {
  const limit = f32x4.splat(Infinity);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const value = v128.load(from + at);
    v128.store(to + at, v128.and(value, f32x4.lt(f32x4.abs(value), limit)));
  }
  for (; at < bytes; at += 4) {
    const value = load<f32>(from + at);
    store<f32>(to + at, isFinite<f32>(value) ? value : 0);
  }
}
