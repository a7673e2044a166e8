/** How much of the circle each projection stands for. */
import { sortIndices } from './order';

/** A gap wider than this many median gaps, and than WEDGE degrees, is a missing wedge. */
const WEDGE_GAPS: f64 = 8;
const WEDGE: f64 = 5;
/** Angles nearer than this part of the mean gap are one direction. */
const SAME: f64 = 1e-3;

/** `angle` modulo `period`, at least 0 and below `period`. */
export function modulo(angle: f64, period: f64): f64 {
  const rest = angle - period * Math.floor(angle / period);
  return rest >= period || rest < 0 ? 0 : rest;
}

/**
 * Voronoi weights of angles modulo `period` (180 or 360 degrees).
 *
 * Projections of one direction share its weight, so both ends of a full turn
 * count half each. A missing wedge is given to nobody. With `fills` the weights
 * add up to the period in radians, whatever is missing: values stay attenuation.
 *
 * Returns the degrees that are seen, negative when the steps are wide themselves.
 *
 * angles, weights: float64[count]; indices, spare: int32[count]; gaps: float64[count].
 */
export function densityWeights(
  angles: usize,
  weights: usize,
  indices: usize,
  spare: usize,
  gaps: usize,
  count: i32,
  period: f64,
  fills: bool
): f64 {
  for (let i = 0; i < count; i++) {
    store<i32>(indices + ((<usize>i) << 2), i);
    store<f64>(
      gaps + ((<usize>i) << 3),
      modulo(load<f64>(angles + ((<usize>i) << 3)), period)
    );
  }
  // Until the weights are written, they hold the sorted positions.
  sortIndices(indices, spare, gaps, count);
  const positions = weights;
  for (let i = 0; i < count; i++) {
    store<f64>(
      positions + ((<usize>i) << 3),
      load<f64>(gaps + ((<usize>load<i32>(indices + ((<usize>i) << 2))) << 3))
    );
  }
  const same = (SAME * period) / <f64>count;
  const typical = gapsAfter(positions, gaps, count, period, same, spare);
  const widest = max(WEDGE, WEDGE_GAPS * typical);
  for (let i = 0; i < count; i++) {
    const gap = load<f64>(gaps + ((<usize>i) << 3));
    if (gap > widest) {
      store<f64>(gaps + ((<usize>i) << 3), typical);
    }
  }
  const seen = shareGaps(weights, gaps, indices, count, same, fills ? period : 0);
  return typical > WEDGE ? -seen : seen;
}

/** Distances to the next position (circular); returns their lower median, among distinct directions. */
function gapsAfter(
  positions: usize,
  gaps: usize,
  count: i32,
  period: f64,
  same: f64,
  spare: usize
): f64 {
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    const here = load<f64>(positions + ((<usize>i) << 3));
    const next =
      i + 1 < count
        ? load<f64>(positions + ((<usize>(i + 1)) << 3))
        : load<f64>(positions) + period;
    store<f64>(gaps + ((<usize>i) << 3), next - here);
    if (next - here > same) {
      store<i32>(spare + ((<usize>distinct) << 2), i);
      distinct++;
    }
  }
  // Selection by bisection: the k-th smallest without another array.
  const rank = (distinct - 1) >> 1;
  let low: f64 = 0;
  let high = period;
  for (let round = 0; round < 60; round++) {
    const middle = 0.5 * (low + high);
    let below = 0;
    for (let i = 0; i < distinct; i++) {
      below += i32(
        load<f64>(
          gaps + ((<usize>load<i32>(spare + ((<usize>i) << 2))) << 3)
        ) <= middle
      );
    }
    if (below > rank) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return high;
}

/**
 * Half of the gaps on both sides of a direction, shared by its projections, in
 * radians; made to add up to `sum` degrees unless that is 0. Returns their sum before.
 */
function shareGaps(
  weights: usize,
  gaps: usize,
  indices: usize,
  count: i32,
  same: f64,
  sum: f64
): f64 {
  // Start behind a gap, so that no direction is cut by the end of the list.
  let start = 0;
  for (let i = 0; i < count; i++) {
    if (load<f64>(gaps + ((<usize>i) << 3)) > same) {
      start = i + 1 == count ? 0 : i + 1;
      break;
    }
  }
  let before = load<f64>(
    gaps + ((<usize>(start == 0 ? count - 1 : start - 1)) << 3)
  );
  let total: f64 = 0;
  let done = 0;
  while (done < count) {
    let members = 1;
    let inside: f64 = 0;
    let at = wrap(start + done, count);
    let after = load<f64>(gaps + ((<usize>at) << 3));
    while (after <= same && done + members < count) {
      inside += after;
      at = wrap(start + done + members, count);
      after = load<f64>(gaps + ((<usize>at) << 3));
      members++;
    }
    const whole = 0.5 * (before + after) + inside;
    storeShare(weights, start + done, members, count, whole / <f64>members);
    total += whole;
    before = after;
    done += members;
  }
  // From sorted order back to the order of the angles; gaps serve as scratch.
  const factor = Math.PI / 180 * (sum > 0 ? sum / total : 1);
  for (let i = 0; i < count; i++) {
    const index = load<i32>(indices + ((<usize>i) << 2));
    store<f64>(
      gaps + ((<usize>index) << 3),
      factor * load<f64>(weights + ((<usize>i) << 3))
    );
  }
  memory.copy(weights, gaps, (<usize>count) << 3);
  return total;
}

function storeShare(
  weights: usize,
  first: i32,
  members: i32,
  count: i32,
  share: f64
): void {
  for (let member = 0; member < members; member++) {
    store<f64>(weights + ((<usize>wrap(first + member, count)) << 3), share);
  }
}

function wrap(index: i32, count: i32): i32 {
  return index >= count ? index - count : index;
}
