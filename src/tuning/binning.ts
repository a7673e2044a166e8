/**
 * A coarser sinogram, for a first look while the hand moves.
 */
import stepsFile from '../recipe/steps.json';
import type { ISinogram } from './messages';
import { thinned } from './thinning';

/** Where the numbers of a plan stand, see docs/architecture.md. */
const COUNT = 1;
const COLUMNS = 2;
const CENTRE = 3;
const SIZE = 4;
const CUTOFF = 7;
const SCALE = 9;
const STEPS = 12;
/** Parameters of steps that are columns, and the least that the engine takes. */
const WIDTHS = ['size', 'large', 'small'];
const NARROWEST = 3;
/** Parameters of steps that are powers of two of columns. */
const OCTAVES = ['level'];
/** Columns of a first look, however small it is seen: filters are to do the same to it as to the whole. */
const FEWEST = 512;

/**
 * The mean of `bin` neighbouring columns in every `thin`-th projection by
 * direction. Columns that do not fill the last bin are left out.
 */
export function binned(
  sinogram: ISinogram,
  bin: number,
  thin: number
): ISinogram {
  if (bin === 1 && thin === 1) {
    return sinogram;
  }
  const columns = Math.max(1, Math.floor(sinogram.columns / bin));
  const kept = thinned(sinogram.angles, thin);
  const count = kept.length;
  const width = Math.min(bin, sinogram.columns);
  const data = new Float32Array(count * columns);
  const angles = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const from = kept[row] * sinogram.columns;
    angles[row] = sinogram.angles[kept[row]];
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      const first = from + column * bin;
      for (let i = 0; i < width; i++) {
        sum += sinogram.data[first + i];
      }
      data[row * columns + column] = sum / width;
    }
  }
  return { key: sinogram.key, data, count, columns, angles };
}

/** A column of the whole sinogram in columns of the binned one. */
export function binnedColumn(column: number, bin: number): number {
  return (column - (bin - 1) / 2) / bin;
}

/**
 * The plan for the binned sinogram: the same values, on coarser pixels. What
 * counts in columns, or in their Nyquist frequency, is as wide as it was.
 */
export function binnedPlan(
  plan: Float64Array,
  sinogram: Pick<ISinogram, 'count' | 'columns'>,
  bin: number
): Float64Array {
  const next = plan.slice();
  next[COUNT] = sinogram.count;
  next[COLUMNS] = sinogram.columns;
  next[CENTRE] = binnedColumn(plan[CENTRE], bin);
  next[SIZE] = Math.floor(plan[SIZE] / bin);
  next[CUTOFF] = Math.min(1, plan[CUTOFF] * bin);
  next[SCALE] = plan[SCALE] / bin;
  for (let at = STEPS; at < next.length; at += 2 + next[at + 1]) {
    const step = stepsFile.steps.find(
      ({ engine }) => engine?.code === next[at]
    );
    step?.engine?.parameters.forEach((name, index) => {
      next[at + 2 + index] = narrowed(name, next[at + 2 + index], bin);
    });
  }
  return next;
}

/** A parameter of a step on columns that are `bin` times as wide. */
function narrowed(name: string, value: number, bin: number): number {
  if (WIDTHS.includes(name)) {
    return Math.max(NARROWEST, Math.round(value / bin));
  }
  return OCTAVES.includes(name)
    ? Math.max(1, Math.round(value - Math.log2(bin)))
    : value;
}

/**
 * How much coarser a first look is, so that it follows the hand: at most
 * `wide` columns, no more than the screen shows, and projections no finer than
 * its pixels need.
 *
 * @param density pixels of the screen for one of the slice
 */
export function coarseness(
  columns: number,
  count: number,
  wide: number,
  density = 1
): { bin: number; thin: number } {
  const least = Math.ceil(columns / wide);
  const most = Math.floor(Math.min(1 / density, columns / FEWEST));
  const bin = least === 1 ? 1 : Math.max(least, most);
  const needed = (0.75 * columns) / bin;
  return { bin, thin: bin === 1 ? 1 : Math.max(1, Math.round(count / needed)) };
}
