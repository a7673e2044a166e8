/**
 * Unresponsive and fluctuating columns: Vo, Atwood, Drakopoulos 2018, algorithm 6.
 *
 * They differ from their own running mean along the angle by too little or
 * too much.
 */
import { mirrored } from '../median';
import { columns, count } from '../plan';
import { exchangeList, from, past } from '../span';
import { bridgeStripes } from './bridge';
import { detectStripes, layOutDetection, spareEnds } from './detect';
import { layOutLarge, removeLarge } from './large';
import { layOutMedians, smoothList } from './medians';
import { take } from './scratch';

/** Rows of the running mean, and those of them before the row itself. */
const SMOOTH = 10;
const BEFORE = 5;
/** Part of the ranks that what is removed afterwards leaves out. */
const RESIDUAL_DROP: f64 = 0.1;

/** float64[columns] each. */
let sums: usize = 0;
let differences: usize = 0;
let background: usize = 0;

export function layOutDead(size: i32, residual: bool): void {
  if (residual) {
    layOutLarge(size);
  } else {
    layOutMedians(size);
    layOutDetection();
  }
  const bytes = <usize>(columns + 3) << 3;
  sums = take(bytes);
  differences = take(bytes);
  background = take(bytes);
}

/**
 * `rows`: float32[count][columns], finite, replaced by the result; `size` is
 * odd. What is wide is removed afterwards when `residual`. True when another
 * stage follows.
 */
export function removeDead(
  rows: usize,
  snr: f64,
  size: i32,
  residual: bool,
  stage: i32
): bool {
  if (columns < 2) {
    return false;
  }
  if (stage == 0) {
    measureDead(rows);
    return true;
  }
  if (stage == 1) {
    bridgeDead(rows, snr, size);
  }
  return residual && removeLarge(rows, snr, size, RESIDUAL_DROP, true, stage - 1);
}

/** Bridge what the differences of all columns tell; in all of them, as that takes less time than an exchange. */
export function bridgeDead(rows: usize, snr: f64, size: i32): void {
  smoothList(differences, background, size);
  let mean: f64 = 0;
  for (let column: usize = 0; column < <usize>columns; column++) {
    mean += Math.abs(load<f64>(background + (column << 3))) / <f64>columns;
  }
  for (let column: usize = 0; column < <usize>columns; column++) {
    const found = load<f64>(background + (column << 3));
    const usual = found == 0 ? mean : found;
    const at = differences + (column << 3);
    store<f64>(at, usual == 0 ? 1 : load<f64>(at) / usual);
  }
  detectStripes(differences, snr);
  const number = spareEnds();
  // Where a third of the columns is amiss, it is not stripes.
  if (number > 0 && number < columns / 3) {
    bridgeStripes(rows);
  }
}

function rowAt(rows: usize, row: i32): usize {
  const inside = row >= 0 && row < count ? row : mirrored(row, count);
  return rows + (<usize>inside * <usize>columns << 2);
}

/** Sums of the distances from the running mean, to `differences`, to be exchanged. */
export function measureDead(rows: usize): void {
  const bytes = <usize>columns << 3;
  memory.fill(sums, 0, bytes);
  memory.fill(differences, 0, bytes);
  for (let row = -BEFORE; row < SMOOTH - BEFORE - 1; row++) {
    addRow(rowAt(rows, row));
  }
  for (let row = 0; row < count; row++) {
    addRow(rowAt(rows, row + SMOOTH - BEFORE - 1));
    addDistances(rowAt(rows, row), rowAt(rows, row - BEFORE));
  }
  exchangeList(differences);
}

function addRow(row: usize): void {
  for (let column = <usize>from; column < <usize>past; column += 2) {
    const value = f64x2.promote_low_f32x4(v128.load64_zero(row + (column << 2)));
    const at = sums + (column << 3);
    v128.store(at, f64x2.add(v128.load(at), value));
  }
}

/** Add a row's distances from the mean; then `gone` leaves it. */
function addDistances(row: usize, gone: usize): void {
  const share = f64x2.splat(1 / <f64>SMOOTH);
  for (let column = <usize>from; column < <usize>past; column += 2) {
    const value = f64x2.promote_low_f32x4(v128.load64_zero(row + (column << 2)));
    const old = f64x2.promote_low_f32x4(v128.load64_zero(gone + (column << 2)));
    const at = sums + (column << 3);
    const sum = v128.load(at);
    const distance = f64x2.abs(f64x2.sub(value, f64x2.mul(sum, share)));
    const total = differences + (column << 3);
    v128.store(total, f64x2.add(v128.load(total), distance));
    v128.store(at, f64x2.sub(sum, old));
  }
}
