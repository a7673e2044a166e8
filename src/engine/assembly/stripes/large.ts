/**
 * Wide stripes: Vo, Atwood, Drakopoulos 2018, algorithm 5.
 *
 * Columns of the sorted sinogram are compared with their median across
 * columns. All are brought to its level; stripes are replaced by it.
 */
import { columns, count } from '../plan';
import { exchangeColumns, exchangeList, from, fromWith, past, pastWith } from '../span';
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

/** `rows`: float32[count][columns], finite, replaced by the result; `size` is odd. True when another stage follows. */
export function removeLarge(
  rows: usize,
  snr: f64,
  size: i32,
  drop: f64,
  norm: bool,
  stage: i32
): bool {
  if (columns < 2) {
    return false;
  }
  if (stage == 0) {
    measureLarge(rows, size, 0, drop, false);
    return true;
  }
  findLarge(snr);
  if (norm) {
    divideRows(rows, from, past);
  }
  for (let column = from; column < past; column++) {
    if (isStripe(column)) {
      putColumnBack(smoothed, rows, column);
    }
  }
  exchangeColumns(rows);
  return false;
}

/** The last stage of `removeLarge`, with `norm`; the result stays sorted, in `ranked`, with `halo` columns around it. */
export function removeLargeSorted(snr: f64, halo: i32): void {
  findLarge(snr);
  for (let column = fromWith(halo); column < pastWith(halo); column++) {
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
 * Sort, with `halo` columns around, and find the levels of the columns against
 * their neighbours, to be exchanged. The mean of an empty column counts as 1
 * when `emptyIsOne`.
 */
export function measureLarge(
  rows: usize,
  size: i32,
  halo: i32,
  drop: f64,
  emptyIsOne: bool
): void {
  const wide = halo + (size >> 1);
  rankColumns(rows, fromWith(wide), pastWith(wide));
  smoothRanks(ranked, smoothed, size, fromWith(halo), pastWith(halo));
  const dropped = <i32>(0.5 * drop * <f64>count);
  sumRanks(ranked, totals, dropped);
  sumRanks(smoothed, levels, dropped);
  for (let column = <usize>from; column < <usize>past; column++) {
    const sum = load<f64>(totals + (column << 3));
    const own = emptyIsOne && sum == 0 ? <f64>(count - 2 * dropped) : sum;
    const usual = load<f64>(levels + (column << 3));
    store<f64>(levels + (column << 3), usual == 0 ? 1 : own / usual);
  }
  exchangeList(levels);
}

/** Find the stripes among the levels of all columns; returns how many columns they have. */
export function findLarge(snr: f64): i32 {
  return detectStripes(levels, snr);
}

/** Level of a column, to divide by. */
@inline
function levelAt(column: i32): f64 {
  const level = load<f64>(levels + (<usize>column << 3));
  return level == 0 ? 1 : level;
}

/** Bring the columns `first` to before `end` to the level of their neighbours. */
export function divideRows(rows: usize, first: i32, end: i32): void {
  for (let column = first; column < end; column++) {
    store<f32>(totals + (<usize>column << 2), <f32>(1 / levelAt(column)));
  }
  for (let row = 0; row < count; row++) {
    const at = rows + (<usize>row * <usize>columns << 2);
    let column = <usize>first;
    for (; column + 4 <= <usize>end; column += 4) {
      const place = at + (column << 2);
      v128.store(place, f32x4.mul(v128.load(place), v128.load(totals + (column << 2))));
    }
    for (; column < <usize>end; column++) {
      const place = at + (column << 2);
      store<f32>(place, load<f32>(place) * load<f32>(totals + (column << 2)));
    }
  }
}

/** Sums over the ranks but the `dropped` first and last, to `sums`; this engine's columns alone. */
function sumRanks(values: usize, sums: usize, dropped: i32): void {
  memory.fill(sums + (<usize>from << 3), 0, <usize>(past - from) << 3);
  const end = count - dropped;
  for (let rank = dropped & ~3; rank < end; rank += 4) {
    const lanes = i32x4.add(i32x4.splat(rank), i32x4(0, 1, 2, 3));
    const used = v128.and(
      i32x4.ge_s(lanes, i32x4.splat(dropped)),
      i32x4.lt_s(lanes, i32x4.splat(end))
    );
    let at = rankAt(values, rank, from);
    for (let column = <usize>from; column < <usize>past; column++) {
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
