/** Running median over many columns, four rows at once: one in each lane. */

/** Position of column `i` of `columns` when the ends are mirrored (d c b a | a b c d | d c b a). */
export function mirrored(i: i32, columns: i32): i32 {
  const period = 2 * columns;
  let rest = i % period;
  if (rest < 0) {
    rest += period;
  }
  return rest < columns ? rest : period - 1 - rest;
}

@inline
function columnAt(rows: usize, i: i32, columns: i32): v128 {
  const inside = i >= 0 && i < columns ? i : mirrored(i, columns);
  return v128.load(rows + (<usize>inside << 4));
}

/**
 * Median of the `size` (odd) columns around each of those from `first` to
 * before `past`. Equal values (0 and -0) stay in the order in which they came,
 * so a median has the same bits whatever the range.
 *
 * rows, out: float32[columns][4]; window: float32[size][4] of scratch, which
 * holds the columns in ascending order, lane by lane.
 */
export function runningMedian(
  rows: usize,
  out: usize,
  columns: i32,
  size: i32,
  window: usize,
  first: i32,
  past: i32
): void {
  if (first >= past) {
    return;
  }
  const half = size >> 1;
  const least = f32x4.splat(-Infinity);
  const end = window + (<usize>size << 4);
  for (let filled = window; filled < end; filled += 16) {
    const i = first - half + <i32>((filled - window) >> 4);
    const value = columnAt(rows, i, columns);
    v128.store(filled, f32x4.splat(Infinity));
    let before = least;
    for (let at = window; at <= filled; at += 16) {
      const here = v128.load(at);
      v128.store(at, f32x4.pmax(f32x4.pmin(here, value), before));
      before = here;
    }
  }
  const middle = window + (<usize>half << 4);
  v128.store(out + (<usize>first << 4), v128.load(middle));
  for (let i = first + 1; i < past; i++) {
    replace(window, end, columnAt(rows, i - half - 1, columns), columnAt(rows, i + half, columns));
    v128.store(out + (<usize>i << 4), v128.load(middle));
  }
}

/** In each lane of the sorted window, take `gone` out and put `value` in. */
@inline
function replace(window: usize, end: usize, gone: v128, value: v128): void {
  let before = f32x4.splat(-Infinity);
  let here = v128.load(window);
  for (let at = window; at < end; at += 16) {
    // One column lies behind the window; what it holds is never taken.
    const next = at + 16 < end ? v128.load(at, 16) : f32x4.splat(Infinity);
    const kept = v128.bitselect(here, next, f32x4.lt(here, gone));
    v128.store(at, f32x4.pmax(f32x4.pmin(kept, value), before));
    before = kept;
    here = next;
  }
}
