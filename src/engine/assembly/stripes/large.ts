/**
 * Wide stripes: Vo, Atwood, Drakopoulos 2018, algorithm 5.
 *
 * Columns of the sorted sinogram are compared with their median across
 * columns. All are brought to its level; stripes are replaced by it.
 */
import { columns, count } from '../plan';
import { detectStripes, isStripe, layOutDetection } from './detect';
import { layOutMedians, smoothRanks } from './medians';
import {
  blockBytes,
  layOutRanks,
  putBack,
  putColumnBack,
  rankAt,
  rankColumns,
  ranked,
  ranks,
  reverseRanks
} from './ranks';
import { take } from './scratch';

/** Laid out as the ranks. */
let smoothed: usize = 0;
/** float64[columns] each: sum of the middle ranks; level of a column against its neighbours. */
let totals: usize = 0;
let levels: usize = 0;

export function layOutLarge(size: i32): void {
  layOutRanks();
  layOutMedians(size);
  layOutDetection();
  smoothed = take(<usize>(ranks() >> 2) * blockBytes());
  totals = take(<usize>columns << 3);
  levels = take(<usize>columns << 3);
}

/** `rows`: float32[count][columns], finite, replaced by the result; `size` is odd. */
export function removeLarge(rows: usize, snr: f64, size: i32, drop: f64, norm: bool): void {
  if (columns < 2) {
    return;
  }
  findLarge(rows, snr, size, drop, false);
  if (norm) {
    divideRows(rows);
  }
  for (let column = 0; column < columns; column++) {
    if (isStripe(column)) {
      putColumnBack(smoothed, rows, column);
    }
  }
}

/** As `removeLarge`, with `norm`; the result stays sorted, in `ranked`. */
export function removeLargeSorted(rows: usize, snr: f64, size: i32, drop: f64): void {
  findLarge(rows, snr, size, drop, false);
  for (let column = 0; column < columns; column++) {
    if (isStripe(column)) {
      for (let rank = 0; rank < ranks(); rank++) {
        store<f32>(rankAt(ranked, rank, column), load<f32>(rankAt(smoothed, rank, column)));
      }
      continue;
    }
    const level = levelAt(column);
    if (level < 0) {
      reverseRanks(column);
    }
    const factor = <f32>(1 / level);
    for (let rank = 0; rank < ranks(); rank += 4) {
      const at = rankAt(ranked, rank, column);
      v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(factor)));
    }
  }
}

/**
 * Sort, find the levels of the columns against their neighbours and the
 * stripes among them; returns how many columns these have. The mean of an
 * empty column counts as 1 when `emptyIsOne`.
 */
export function findLarge(rows: usize, snr: f64, size: i32, drop: f64, emptyIsOne: bool): i32 {
  rankColumns(rows);
  smoothRanks(ranked, smoothed, size);
  const dropped = <i32>(0.5 * drop * <f64>count);
  sumRanks(ranked, totals, dropped);
  sumRanks(smoothed, levels, dropped);
  for (let column: usize = 0; column < <usize>columns; column++) {
    const sum = load<f64>(totals + (column << 3));
    const own = emptyIsOne && sum == 0 ? <f64>(count - 2 * dropped) : sum;
    const usual = load<f64>(levels + (column << 3));
    store<f64>(levels + (column << 3), usual == 0 ? 1 : own / usual);
  }
  return detectStripes(levels, snr);
}

/** Level of a column, to divide by. */
@inline
function levelAt(column: i32): f64 {
  const level = load<f64>(levels + (<usize>column << 3));
  return level == 0 ? 1 : level;
}

export function divideRows(rows: usize): void {
  for (let column = 0; column < columns; column++) {
    store<f32>(totals + (<usize>column << 2), <f32>(1 / levelAt(column)));
  }
  for (let row = 0; row < count; row++) {
    const at = rows + (<usize>row * <usize>columns << 2);
    let column: usize = 0;
    for (; column + 4 <= <usize>columns; column += 4) {
      const place = at + (column << 2);
      v128.store(place, f32x4.mul(v128.load(place), v128.load(totals + (column << 2))));
    }
    for (; column < <usize>columns; column++) {
      const place = at + (column << 2);
      store<f32>(place, load<f32>(place) * load<f32>(totals + (column << 2)));
    }
  }
}

/** Sums over the ranks but the `dropped` first and last, to `sums`. */
function sumRanks(values: usize, sums: usize, dropped: i32): void {
  memory.fill(sums, 0, <usize>columns << 3);
  const past = count - dropped;
  for (let rank = dropped & ~3; rank < past; rank += 4) {
    const from = i32x4.splat(rank);
    const lanes = i32x4.add(from, i32x4(0, 1, 2, 3));
    const used = v128.and(
      i32x4.ge_s(lanes, i32x4.splat(dropped)),
      i32x4.lt_s(lanes, i32x4.splat(past))
    );
    let at = rankAt(values, rank, 0);
    for (let column: usize = 0; column < <usize>columns; column++) {
      const four = v128.and(v128.load(at), used);
      const pairs = f64x2.add(
        f64x2.promote_low_f32x4(four),
        f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1))
      );
      const sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
      const place = sums + (column << 3);
      store<f64>(place, load<f64>(place) + sum);
      at += 16;
    }
  }
}
