/** The plan of a sinogram, as the host wrote it: checked, and kept. */
import { allocate, release } from './memory';

/** Why `configure` refuses a plan; docs/architecture.md has the same table. */
export const enum Refusal {
  None = 0,
  Version = 1,
  Length = 2,
  Count = 3,
  Columns = 4,
  Centre = 5,
  Size = 6,
  Mask = 7,
  Filter = 8,
  Cutoff = 9,
  Edge = 10,
  Scale = 11,
  Step = 12,
  Angles = 13,
  Memory = 14,
  NotConfigured = 15
}

const VERSION: f64 = 2;
/** Numbers before the steps. */
const HEAD = 12;
/** The last of them: how many steps there are. */
const STEPS: usize = (HEAD - 1) << 3;
const LARGEST_ROTATION: f64 = 7200;
const LARGEST_COUNT: f64 = 1000000;
const LARGEST_WIDTH: f64 = 32768;

export let count: i32 = 0;
export let columns: i32 = 0;
/** Axis of rotation, in columns of the sinogram. */
export let centre: f64 = 0;
/** Width and height of the slice; 0: the engine decides. */
export let askedSize: i32 = 0;
export let mask: f64 = 0;
export let filterCode: i32 = 0;
export let cutoff: f64 = 1;
export let edgeCode: i32 = 0;
export let scale: f64 = 1;
/** Degrees by which the slice is turned clockwise. */
export let rotation: f64 = 0;
export let stepCount: i32 = 0;
let steps: usize = 0;
let stepBytes: usize = 0;

function whole(value: f64, least: f64, most: f64): bool {
  return value >= least && value <= most && Math.floor(value) == value;
}

function finite(value: f64): bool {
  return isFinite<f64>(value);
}

/** True when an axis at `column` is near enough to the sinogram to be meant. */
export function isCentre(column: f64, width: i32): bool {
  return finite(column) && column >= -(<f64>width) && column <= 2 * <f64>width;
}

function checkSteps(plan: usize, length: i32, number: i32): Refusal {
  let at = HEAD;
  for (let step = 0; step < number; step++) {
    if (at + 2 > length) {
      return Refusal.Length;
    }
    const parameters = load<f64>(plan + ((<usize>(at + 1)) << 3));
    if (!whole(parameters, 0, 64) || at + 2 + <i32>parameters > length) {
      return Refusal.Length;
    }
    at += 2 + <i32>parameters;
  }
  return at == length ? Refusal.None : Refusal.Length;
}

/** Take a plan of `length` numbers; nothing changes when it is refused. */
export function readPlan(plan: usize, length: i32): Refusal {
  if (length < HEAD) {
    return Refusal.Length;
  }
  if (load<f64>(plan) != VERSION) {
    return Refusal.Version;
  }
  if (!whole(load<f64>(plan, 8), 1, LARGEST_COUNT)) {
    return Refusal.Count;
  }
  if (!whole(load<f64>(plan, 16), 1, LARGEST_WIDTH)) {
    return Refusal.Columns;
  }
  if (!isCentre(load<f64>(plan, 24), <i32>load<f64>(plan, 16))) {
    return Refusal.Centre;
  }
  if (!whole(load<f64>(plan, 32), 0, LARGEST_WIDTH)) {
    return Refusal.Size;
  }
  const radius = load<f64>(plan, 40);
  if (!(radius >= 0 && radius <= 1)) {
    return Refusal.Mask;
  }
  if (!whole(load<f64>(plan, 48), 0, 4)) {
    return Refusal.Filter;
  }
  const fraction = load<f64>(plan, 56);
  if (!(fraction > 0 && fraction <= 1)) {
    return Refusal.Cutoff;
  }
  if (!whole(load<f64>(plan, 64), 0, 1)) {
    return Refusal.Edge;
  }
  if (!finite(load<f64>(plan, 72))) {
    return Refusal.Scale;
  }
  if (!(Math.abs(load<f64>(plan, 80)) <= LARGEST_ROTATION)) {
    return Refusal.Angles;
  }
  if (!whole(load<f64>(plan, STEPS), 0, 64)) {
    return Refusal.Step;
  }
  const number = <i32>load<f64>(plan, STEPS);
  const refusal = checkSteps(plan, length, number);
  if (refusal) {
    return refusal;
  }
  const bytes = (<usize>(length - HEAD)) << 3;
  const kept = allocate(bytes);
  if (!kept) {
    return Refusal.Memory;
  }
  memory.copy(kept, plan + ((<usize>HEAD) << 3), bytes);
  release(steps);
  steps = kept;
  stepBytes = bytes;
  stepCount = number;
  count = <i32>load<f64>(plan, 8);
  columns = <i32>load<f64>(plan, 16);
  centre = load<f64>(plan, 24);
  askedSize = <i32>load<f64>(plan, 32);
  mask = radius;
  filterCode = <i32>load<f64>(plan, 48);
  cutoff = fraction;
  edgeCode = <i32>load<f64>(plan, 64);
  scale = load<f64>(plan, 72);
  rotation = load<f64>(plan, 80);
  return Refusal.None;
}

/** True when a plan is for the sinogram, size, ends and scale of the one that is kept. */
export function isAlike(plan: usize, length: i32): bool {
  return (
    length >= HEAD &&
    load<f64>(plan, 8) == <f64>count &&
    load<f64>(plan, 16) == <f64>columns &&
    load<f64>(plan, 32) == <f64>askedSize &&
    load<f64>(plan, 64) == <f64>edgeCode &&
    load<f64>(plan, 72) == scale
  );
}

/** True when a plan has the steps of the one that is kept. */
export function hasSameSteps(plan: usize, length: i32): bool {
  const bytes = (<usize>(length - HEAD)) << 3;
  return (
    load<f64>(plan, STEPS) == <f64>stepCount &&
    bytes == stepBytes &&
    memory.compare(plan + ((<usize>HEAD) << 3), steps, bytes) == 0
  );
}

export function moveCentre(column: f64): void {
  centre = column;
}

/** Pointer to the code, the number of parameters and the parameters of a step. */
export function stepAt(index: i32): usize {
  let at = steps;
  for (let step = 0; step < index; step++) {
    at += (2 + <usize>load<f64>(at, 8)) << 3;
  }
  return at;
}
