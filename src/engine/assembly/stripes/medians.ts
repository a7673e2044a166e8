/** Medians across columns: of all ranks of a sorted sinogram, and of a list. */
import { runningMedian } from '../median';
import { columns, count } from '../plan';
import { from, fromWith, past, pastWith } from '../span';
import { blockBytes, ranks } from './ranks';
import { take } from './scratch';
import { layOutWideMedians, WIDE, wideMedian } from './widemedian';

/** float32[size][4] */
let window: usize = 0;
/** float32[columns][4] */
let smooth: usize = 0;
/** float32[columns][4] */
let list: usize = 0;

/** Make room for medians of `size` columns. */
export function layOutMedians(size: i32): void {
  window = take(<usize>size << 4);
  smooth = take(blockBytes());
  list = take(blockBytes());
  if (size > WIDE) {
    layOutWideMedians(size);
  }
}

/** Four rows, float32[columns][4], from one place to another: the columns `first` to before `end`. */
function smoothFour(source: usize, to: usize, size: i32, first: i32, end: i32): void {
  if (size > WIDE) {
    wideMedian(source, to, size, first, end);
  } else {
    runningMedian(source, to, columns, size, window, first, end);
  }
}

/**
 * Median of each rank in the columns `first` to before `end`, from one array
 * laid out as the ranks to another, or the same.
 */
export function smoothRanks(source: usize, to: usize, size: i32, first: i32, end: i32): void {
  const block = blockBytes();
  const begin = <usize>first << 4;
  const bytes = <usize>max(0, end - first) << 4;
  for (let rank: usize = 0; rank < <usize>ranks(); rank += 4) {
    const at = (rank >> 2) * block;
    if (source == to) {
      smoothFour(to + at, smooth, size, first, end);
      memory.copy(to + at + begin, smooth + begin, bytes);
    } else {
      smoothFour(source + at, to + at, size, first, end);
    }
  }
}

/** Median of a list, float64[columns], as float32 numbers. */
export function smoothList(source: usize, to: usize, size: i32): void {
  for (let column: usize = 0; column < <usize>columns; column++) {
    v128.store(list + (column << 4), f32x4.splat(<f32>load<f64>(source + (column << 3))));
  }
  smoothFour(list, smooth, size, 0, columns);
  for (let column: usize = 0; column < <usize>columns; column++) {
    store<f64>(to + (column << 3), <f64>load<f32>(smooth + (column << 4)));
  }
}

/**
 * Median across columns of each row of a sinogram, float32[count][columns], in
 * place; in this engine's columns alone.
 */
export function smoothRows(rows: usize, size: i32): void {
  const first = <usize>fromWith(size >> 1);
  const end = <usize>pastWith(size >> 1);
  const pitch = <usize>columns << 2;
  for (let row = 0; row < count; row += 4) {
    const many = min(4, count - row);
    for (let lane = 0; lane < 4; lane++) {
      const source = rows + <usize>min(row + lane, count - 1) * pitch;
      for (let column = first; column < end; column++) {
        store<f32>(list + (column << 4) + (<usize>lane << 2), load<f32>(source + (column << 2)));
      }
    }
    smoothFour(list, smooth, size, from, past);
    for (let lane = 0; lane < many; lane++) {
      const to = rows + <usize>(row + lane) * pitch;
      for (let column = <usize>from; column < <usize>past; column++) {
        store<f32>(to + (column << 2), load<f32>(smooth + (column << 4) + (<usize>lane << 2)));
      }
    }
  }
}
