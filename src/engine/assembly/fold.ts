/** What the kernel puts beyond the Fourier plane, back onto it. */
import { grid, gridRow, LEFT, MARGIN } from './grid';

/**
 * Fold what lies beyond the plane back onto it: periodic in u and v, Hermitian
 * in both. `low` and `high` are the frequencies in v that were gridded.
 */
export function foldPlane(low: i32, high: i32): void {
  const half = grid >> 1;
  for (let v = max(low - 1, -1); v <= min(high + 2, half + 2); v++) {
    const row = gridRow(v);
    for (let beyond = 1; beyond <= LEFT; beyond++) {
      addPoint(row + (<usize>(grid - beyond) << 3), row - (<usize>beyond << 3), 1);
    }
    for (let beyond = 0; beyond < MARGIN - LEFT; beyond++) {
      addPoint(row + (<usize>beyond << 3), row + (<usize>(grid + beyond) << 3), 1);
    }
  }
  if (low <= 0) {
    foldRow(1, -1);
    mirrorRow(0);
  }
  if (high > half) {
    foldRow(half - 1, half + 1);
    foldRow(half - 2, half + 2);
    mirrorRow(half);
  }
}

@inline
function addPoint(to: usize, from: usize, sign: f32): void {
  store<f32>(to, load<f32>(to) + load<f32>(from));
  store<f32>(to, load<f32>(to, 4) + sign * load<f32>(from, 4), 4);
}

/** Add the conjugate of row `from` at -u to row `to`. */
function foldRow(to: i32, from: i32): void {
  const target = gridRow(to);
  const source = gridRow(from);
  for (let i = 0; i < grid; i++) {
    const opposite = i == 0 ? 0 : grid - i;
    addPoint(target + (<usize>i << 3), source + (<usize>opposite << 3), -1);
  }
}

/** A row that is its own mirror image: half of it has been gridded. */
function mirrorRow(v: i32): void {
  const row = gridRow(v);
  const half = grid >> 1;
  for (let i = 0; i <= half; i++) {
    const here = row + (<usize>i << 3);
    const there = row + (<usize>(i == 0 ? 0 : grid - i) << 3);
    const re = load<f32>(here) + load<f32>(there);
    const im = load<f32>(here, 4) - load<f32>(there, 4);
    store<f32>(here, re);
    store<f32>(here, im, 4);
    store<f32>(there, re);
    store<f32>(there, -im, 4);
  }
}
