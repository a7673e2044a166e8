/** Medians across columns: of all ranks of a sorted sinogram, and of a list. */
import { runningMedian } from '../median';
import { columns, count } from '../plan';
import { blockBytes, ranks } from './ranks';
import { take } from './scratch';

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
}

/** Median of each rank, from one array laid out as the ranks to another, or the same. */
export function smoothRanks(from: usize, to: usize, size: i32): void {
  const block = blockBytes();
  for (let rank: usize = 0; rank < <usize>ranks(); rank += 4) {
    const at = (rank >> 2) * block;
    if (from == to) {
      runningMedian(from + at, smooth, columns, size, window);
      memory.copy(to + at, smooth, block);
    } else {
      runningMedian(from + at, to + at, columns, size, window);
    }
  }
}

/** Median of a list, float64[columns], as float32 numbers. */
export function smoothList(from: usize, to: usize, size: i32): void {
  for (let column: usize = 0; column < <usize>columns; column++) {
    v128.store(list + (column << 4), f32x4.splat(<f32>load<f64>(from + (column << 3))));
  }
  runningMedian(list, smooth, columns, size, window);
  for (let column: usize = 0; column < <usize>columns; column++) {
    store<f64>(to + (column << 3), <f64>load<f32>(smooth + (column << 4)));
  }
}

/** Median across columns of each row of a sinogram, float32[count][columns], in place. */
export function smoothRows(rows: usize, size: i32): void {
  const pitch = <usize>columns << 2;
  for (let row = 0; row < count; row += 4) {
    const many = min(4, count - row);
    for (let lane = 0; lane < 4; lane++) {
      const from = rows + <usize>min(row + lane, count - 1) * pitch;
      for (let column: usize = 0; column < <usize>columns; column++) {
        store<f32>(list + (column << 4) + (<usize>lane << 2), load<f32>(from + (column << 2)));
      }
    }
    runningMedian(list, smooth, columns, size, window);
    for (let lane = 0; lane < many; lane++) {
      const to = rows + <usize>(row + lane) * pitch;
      for (let column: usize = 0; column < <usize>columns; column++) {
        store<f32>(to + (column << 2), load<f32>(smooth + (column << 4) + (<usize>lane << 2)));
      }
    }
  }
}
