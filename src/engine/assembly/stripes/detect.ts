/**
 * Which columns are stripes: Vo, Atwood, Drakopoulos 2018, algorithm 4.
 *
 * A list of numbers, one for each column and near 1 where there is no stripe,
 * is sorted; a line through its middle half tells how far the ends should
 * reach. Columns further than that, by `snr` times the line's rise, are
 * stripes, and so are their neighbours.
 */
import { sortIndices } from '../order';
import { columns } from '../plan';
import { take } from './scratch';

/** A rise of the line below this is no noise to compare with. */
const LEAST_NOISE: f64 = 1e-5;

/** uint8[columns]: 1 where there is a stripe. */
export let mask: usize = 0;
let indices: usize = 0;
let spare: usize = 0;
let first: usize = 0;

export function layOutDetection(): void {
  mask = take(<usize>columns);
  first = take(<usize>columns);
  indices = take(<usize>columns << 2);
  spare = take(<usize>columns << 2);
}

@inline
function listed(list: usize, rank: i32): f64 {
  return load<f64>(list + (<usize>load<i32>(indices + (<usize>rank << 2)) << 3));
}

/** Find stripes in `list`, float64[columns], finite; returns how many columns `mask` has. */
export function detectStripes(list: usize, snr: f64): i32 {
  memory.fill(mask, 0, <usize>columns);
  for (let column = 0; column < columns; column++) {
    store<i32>(indices + (<usize>column << 2), column);
  }
  sortIndices(indices, spare, list, columns);
  const dropped = columns >> 2;
  const fitted = columns - 1 - 2 * dropped;
  if (fitted < 2) {
    return 0;
  }
  const middle = <f64>dropped + 0.5 * <f64>(fitted - 1);
  let mean: f64 = 0;
  for (let rank = dropped; rank < dropped + fitted; rank++) {
    mean += listed(list, rank) / <f64>fitted;
  }
  let product: f64 = 0;
  let square: f64 = 0;
  for (let rank = dropped; rank < dropped + fitted; rank++) {
    const distance = <f64>rank - middle;
    product += distance * (listed(list, rank) - mean);
    square += distance * distance;
  }
  const slope = product / square;
  const low = mean - slope * middle;
  const high = low + slope * <f64>(columns - 1);
  const noise = Math.abs(high - low);
  if (!(noise >= LEAST_NOISE)) {
    return 0;
  }
  const above = listed(list, columns - 1) - high;
  const below = low - listed(list, 0);
  const upper = Math.abs(above) >= snr * noise ? high + 0.5 * snr * noise : Infinity;
  const lower = Math.abs(below) >= snr * noise ? low - 0.5 * snr * noise : -Infinity;
  for (let column = 0; column < columns; column++) {
    const value = load<f64>(list + (<usize>column << 3));
    store<u8>(first + <usize>column, u8(value > upper || value <= lower));
  }
  return widen();
}

/** Neighbours of stripes are stripes. */
function widen(): i32 {
  let number = 0;
  for (let column = 0; column < columns; column++) {
    const at = first + <usize>column;
    let stripe = load<u8>(at);
    if (column > 0) {
      stripe |= load<u8>(at - 1);
    }
    if (column + 1 < columns) {
      stripe |= load<u8>(at + 1);
    }
    store<u8>(mask + <usize>column, stripe);
    number += <i32>stripe;
  }
  return number;
}

/** Two columns at each end stay: there is nothing beyond to compare with. Returns how many are left. */
export function spareEnds(): i32 {
  let number = 0;
  for (let column = 0; column < columns; column++) {
    if (column < 2 || column >= columns - 2) {
      store<u8>(mask + <usize>column, 0);
    }
    number += <i32>load<u8>(mask + <usize>column);
  }
  return number;
}

@inline
export function isStripe(column: i32): bool {
  return load<u8>(mask + <usize>column) != 0;
}
