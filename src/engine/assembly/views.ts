/**
 * Directions of the projections: their order, weights and half-plane.
 *
 * `order` is the order of the processed sinogram. A ray is a projection seen
 * from below 180 degrees: one at 180 degrees or beyond is the mirror image of
 * a ray 180 degrees before it. Rays are sorted by that angle, so that
 * neighbours on the Fourier grid follow one another in time.
 */
import { densityWeights, modulo } from './density';
import { allocate, release } from './memory';
import { sortIndices } from './order';
import { centre, columns, count, Refusal, rotation } from './plan';

/** Degrees that the projections and one step more must span to be a full turn. */
const FULL: f64 = 359;
/** An axis nearer to the middle than this (columns) needs no redundancy weights. */
const CENTRED: f64 = 0.5;
/** Degrees that part of a turn spans at least. */
const PART: f64 = 185;
/** The weights go from half to all over this part of the columns. */
const TRANSITION: f64 = 0.125;

/** int32[count]: acquisition index of each row of the processed sinogram. */
export let order: usize = 0;
/** int32[count]: row of the processed sinogram of each ray. */
export let rayRow: usize = 0;
/** float64[count] each, of the rays. */
export let rayCos: usize = 0;
export let raySin: usize = 0;
/** 1, or -1 where the projection is the mirror image. */
export let raySign: usize = 0;
export let rayWeight: usize = 0;
/**
 * float32[columns rounded up to 4]: redundancy weights of the columns. In part of
 * a turn: how much of what a ray gains by them (`rayGain`), -1 to 1.
 */
export let columnWeight: usize = 0;
/** float64[count], of the rays of part of a turn: 1 where lines are seen twice, 0 where they are seen once. */
export let rayGain: usize = 0;
export let fullTurn: bool = false;
/** More than half a turn, but not a full one. */
export let partTurn: bool = false;
/** True when the shorter side of a full turn is made up for by the longer one. */
export let redundant: bool = false;
/** The same in part of a turn, where it is made up for in some directions. */
export let partly: bool = false;

let sorted: usize = 0;

export function releaseViews(): void {
  release(order);
  release(rayRow);
  release(rayCos);
  release(raySin);
  release(raySign);
  release(rayWeight);
  release(columnWeight);
  release(rayGain);
  release(sorted);
  order =
    rayRow =
    rayCos =
    raySin =
    raySign =
    rayWeight =
    columnWeight =
    rayGain =
    sorted =
      0;
}

/** Take the angles (float64[count], degrees, acquisition order). */
export function readAngles(angles: usize): Refusal {
  for (let i = 0; i < count; i++) {
    const angle = load<f64>(angles + ((<usize>i) << 3));
    if (!isFinite<f64>(angle) || Math.abs(angle) > 1e7) {
      return Refusal.Angles;
    }
  }
  const wide = (<usize>count) << 3;
  const narrow = (<usize>count) << 2;
  order = allocate(narrow);
  rayRow = allocate(narrow);
  rayCos = allocate(wide);
  raySin = allocate(wide);
  raySign = allocate(wide);
  rayWeight = allocate(wide);
  sorted = allocate(wide);
  columnWeight = allocate((<usize>columns + 4) << 2);
  rayGain = allocate(wide);
  const spare = allocate(narrow);
  const keys = allocate(wide);
  const whole =
    order &&
    rayRow &&
    rayCos &&
    raySin &&
    raySign &&
    rayWeight &&
    sorted &&
    columnWeight &&
    rayGain &&
    spare &&
    keys;
  if (whole) {
    sortAngles(angles, keys, spare);
    sortRays(keys, spare);
    fullTurn = turnsFully(keys, spare);
    partTurn = !fullTurn && turnsPartly(keys, spare);
  }
  release(keys);
  release(spare);
  return whole ? weighViews() : Refusal.Memory;
}

/** Order by angle; what spans more than a turn, by angle within the turn. */
function sortAngles(angles: usize, keys: usize, spare: usize): void {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    const angle = load<f64>(angles + ((<usize>i) << 3));
    least = min(least, angle);
    most = max(most, angle);
  }
  const many = most - least > 361;
  for (let i = 0; i < count; i++) {
    const angle = load<f64>(angles + ((<usize>i) << 3));
    store<f64>(keys + ((<usize>i) << 3), many ? modulo(angle, 360) : angle);
    store<i32>(order + ((<usize>i) << 2), i);
  }
  sortIndices(order, spare, keys, count);
  for (let i = 0; i < count; i++) {
    const index = load<i32>(order + ((<usize>i) << 2));
    store<f64>(
      sorted + ((<usize>i) << 3),
      load<f64>(angles + ((<usize>index) << 3))
    );
  }
}

/** Direction of a row of the processed sinogram in the slice, which may be turned: 0 to 360. */
function directionOf(row: i32): f64 {
  return modulo(load<f64>(sorted + ((<usize>row) << 3)) + rotation, 360);
}

function sortRays(keys: usize, spare: usize): void {
  for (let i = 0; i < count; i++) {
    const turn = directionOf(i);
    store<f64>(keys + ((<usize>i) << 3), turn >= 180 ? turn - 180 : turn);
    store<i32>(rayRow + ((<usize>i) << 2), i);
  }
  sortIndices(rayRow, spare, keys, count);
  for (let ray = 0; ray < count; ray++) {
    const row = load<i32>(rayRow + ((<usize>ray) << 2));
    const turn = directionOf(row);
    const angle = (load<f64>(keys + ((<usize>row) << 3)) * Math.PI) / 180;
    store<f64>(rayCos + ((<usize>ray) << 3), Math.cos(angle));
    store<f64>(raySin + ((<usize>ray) << 3), max<f64>(Math.sin(angle), 0));
    store<f64>(raySign + ((<usize>ray) << 3), turn >= 180 ? -1 : 1);
  }
}

/** The plan's rotation has changed: the rays anew, and their weights. */
export function turnViews(): Refusal {
  const spare = allocate((<usize>count) << 2);
  const keys = allocate((<usize>count) << 3);
  const whole = spare && keys;
  if (whole) {
    sortRays(keys, spare);
  }
  release(keys);
  release(spare);
  return whole ? weighViews() : Refusal.Memory;
}

/** No gap in the turn is wider than some steps. */
function turnsFully(keys: usize, spare: usize): bool {
  if (count < 3) {
    return false;
  }
  for (let i = 0; i < count; i++) {
    store<f64>(
      keys + ((<usize>i) << 3),
      modulo(load<f64>(sorted + ((<usize>i) << 3)), 360)
    );
    store<i32>(spare + ((<usize>i) << 2), i);
  }
  const scratch = allocate((<usize>count) << 2);
  if (!scratch) {
    return false;
  }
  sortIndices(spare, scratch, keys, count);
  release(scratch);
  let previous =
    load<f64>(
      keys + ((<usize>load<i32>(spare + ((<usize>(count - 1)) << 2))) << 3)
    ) - 360;
  let widest: f64 = 0;
  for (let i = 0; i < count; i++) {
    const here = load<f64>(
      keys + ((<usize>load<i32>(spare + ((<usize>i) << 2))) << 3)
    );
    widest = max(widest, here - previous);
    previous = here;
  }
  const mean = 360 / <f64>count;
  return widest < 120 && widest <= max<f64>(360 - FULL, 2.5 * mean) + 4;
}

/** More than half a turn is seen, in small steps. */
function turnsPartly(keys: usize, spare: usize): bool {
  const indices = allocate((<usize>count) << 2);
  const gaps = allocate((<usize>count) << 3);
  const seen =
    indices && gaps
      ? densityWeights(sorted, keys, indices, spare, gaps, count, 360, false)
      : 0;
  release(indices);
  release(gaps);
  return seen > PART;
}

/** Weights of the rays and columns for the plan's centre of rotation. */
export function weighViews(): Refusal {
  const narrow = (<usize>count) << 2;
  const wide = (<usize>count) << 3;
  const indices = allocate(narrow);
  const spare = allocate(narrow);
  const weights = allocate(wide);
  const gaps = allocate(wide);
  const whole = indices && spare && weights && gaps;
  if (whole) {
    const offset = centre - 0.5 * <f64>(columns - 1);
    redundant = fullTurn && Math.abs(offset) > CENTRED;
    partly = partTurn && Math.abs(offset) > CENTRED;
    if (partly) {
      densityWeights(sorted, weights, indices, spare, gaps, count, 360, false);
      ofRows(weights, rayGain);
    }
    densityWeights(
      sorted,
      weights,
      indices,
      spare,
      gaps,
      count,
      redundant ? 360 : 180,
      true
    );
    ofRows(weights, rayWeight);
    if (partly) {
      for (let ray = 0; ray < count; ray++) {
        const at = (<usize>ray) << 3;
        store<f64>(
          rayGain + at,
          load<f64>(rayGain + at) / load<f64>(rayWeight + at) - 1
        );
      }
    }
    weighColumns();
  }
  release(indices);
  release(spare);
  release(weights);
  release(gaps);
  return whole ? Refusal.None : Refusal.Memory;
}

/** A number of each row of the processed sinogram as one of its ray. */
function ofRows(rows: usize, rays: usize): void {
  for (let ray = 0; ray < count; ray++) {
    const row = load<i32>(rayRow + ((<usize>ray) << 2));
    store<f64>(
      rays + ((<usize>ray) << 3),
      load<f64>(rows + ((<usize>row) << 3))
    );
  }
}

/**
 * Both views of a line add up to one: half each in the middle, all of it
 * beyond the shorter side, and a smooth way between. In part of a turn: the
 * longer side gains what the shorter one of the other view loses.
 */
function weighColumns(): void {
  const last = <f64>(columns - 1);
  const shorter = min(centre, last - centre) + 0.5;
  const direction: f64 = centre > 0.5 * last ? -1 : 1;
  const transition = min(shorter, TRANSITION * <f64>columns);
  for (let column = 0; column < columns; column++) {
    let weight: f64 = 1;
    if (redundant || partly) {
      // Distance from the axis, counted towards the longer side.
      const distance = (<f64>column - centre) * direction;
      if (shorter > 0) {
        const beyond =
          (Math.abs(distance) - (shorter - transition)) / transition;
        const part = min<f64>(max<f64>(beyond, 0), 1);
        const rise = 0.5 * part * part * (3 - 2 * part);
        weight = distance < 0 ? 0.5 - rise : 0.5 + rise;
      }
    }
    store<f32>(
      columnWeight + ((<usize>column) << 2),
      <f32>(partly ? 2 * weight - 1 : weight)
    );
  }
}

/** Columns of the longer side of the axis, the one at the end included. */
export function longerSide(): f64 {
  return max(centre, <f64>(columns - 1) - centre) + 0.5;
}
