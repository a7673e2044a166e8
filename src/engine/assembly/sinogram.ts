/** The sinogram: from acquisition order to sorted rows, and the plan's steps on them. */
import { allocate, release } from './memory';
import { columns, count, Refusal, stepAt, stepCount } from './plan';
import {
  prepareSorting,
  releaseSorting,
  removeBySorting
} from './stripes/sorting';
import { order } from './views';

/** Codes of the steps, as in steps.json. */
const enum Step {
  StripesSorting = 1
}

/** float32[count][columns], acquisition order: the host writes here. */
export let rawRows: usize = 0;
/** float32[count][columns], sorted by angle. */
export let processedRows: usize = 0;

export function releaseSinogram(): void {
  release(rawRows);
  release(processedRows);
  rawRows = processedRows = 0;
  releaseSorting();
}

export function prepareSinogram(): Refusal {
  const bytes = (<usize>count * <usize>columns) << 2;
  rawRows = allocate(bytes);
  processedRows = allocate(bytes);
  if (!rawRows || !processedRows) {
    return Refusal.Memory;
  }
  memory.fill(rawRows, 0, bytes);
  memory.fill(processedRows, 0, bytes);
  for (let index = 0; index < stepCount; index++) {
    const step = stepAt(index);
    switch (<i32>load<f64>(step)) {
      case Step.StripesSorting: {
        const size = load<f64>(step, 16);
        if (load<f64>(step, 8) != 1 || !(size >= 1 && size <= 1001)) {
          return Refusal.Step;
        }
        if (!prepareSorting((<i32>size) | 1)) {
          return Refusal.Memory;
        }
        break;
      }
      default:
        return Refusal.Step;
    }
  }
  return Refusal.None;
}

/** Sort the rows by angle and run the steps. NaN and infinities become 0. */
export function processSinogram(): Refusal {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < count; row++) {
    const source = <usize>load<i32>(order + ((<usize>row) << 2));
    copyFinite(
      processedRows + <usize>row * bytes,
      rawRows + source * bytes,
      bytes
    );
  }
  for (let index = 0; index < stepCount; index++) {
    runStep(stepAt(index));
  }
  return Refusal.None;
}

function runStep(step: usize): void {
  switch (<i32>load<f64>(step)) {
    case Step.StripesSorting:
      removeBySorting(processedRows, (<i32>load<f64>(step, 16)) | 1);
      break;
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
