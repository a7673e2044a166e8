/**
 * A slice of the run, small: as wide as it is shown among others.
 */
import { effectiveFilters, effectiveReconstruction, stepOf } from '../recipe';
import type { Recipe } from '../recipe';
import type { ILiveImage } from './live-slices';
import type { Spare } from './spare';
import type { IRow, IWantedSlice } from './wanted';
import { planOf } from './wanted';
import type { EngineWorkers } from './workers';

/** The window that a new recipe has. */
const USUAL = effectiveReconstruction({ version: 1 }).parameters;

/**
 * A slice of a row in at least `width` pixels, means of those of the run's.
 *
 * Stripe filters and windows count in columns of the detector: with them the
 * slice is made whole, and binned when it is there. Without, the sinogram is
 * binned, which takes far less time.
 *
 * @param spare memory of a whole slice, from one to the next
 * @throws ApiError when the engine refuses or a worker is lost.
 */
export async function smallSlice(
  workers: EngineWorkers,
  row: IRow,
  wanted: IWantedSlice,
  width: number,
  spare: Spare
): Promise<ILiveImage> {
  const bin = Math.max(1, Math.floor(row.sinogram.columns / width));
  const { plan, centre } = planOf(wanted, row);
  const { about } = row;
  if (bin > 1 && isBinnable(wanted.recipe)) {
    const coarse = { bin, thin: 1 };
    const done = await workers.slice('sweep', row, coarse, plan, centre);
    const { data, size } = done;
    return { data, rows: size, columns: size, bin, about };
  }
  // The viewer's own engine has this row already, and room for all of it.
  const whole = { bin: 1, thin: 1 };
  const room = bin > 1 ? spare.take() : null;
  const done = await workers.slice('whole', row, whole, plan, centre, room);
  const { data, size } = means(done.data, done.size, bin);
  if (data !== done.data) {
    spare.keep(done.data);
  }
  return { data, rows: size, columns: size, bin, about };
}

/** Whether a binned sinogram gives the same slice; what the usual window takes from it is little. */
function isBinnable(recipe: Recipe): boolean {
  const { parameters } = effectiveReconstruction(recipe);
  return (
    parameters.filter === USUAL.filter &&
    parameters.cutoff === USUAL.cutoff &&
    effectiveFilters(recipe).every(
      ({ name, enabled }) => !enabled || stepOf(name)?.domain !== 'sinogram'
    )
  );
}

/** Means of bin x bin pixels; what fills none is left out at both ends alike. */
export function means(
  data: Float32Array,
  size: number,
  bin: number
): { data: Float32Array; size: number } {
  if (bin === 1) {
    return { data, size };
  }
  const small = Math.max(1, Math.floor(size / bin));
  const each = Math.min(bin, size);
  const from = (size - small * each) >> 1;
  const found = new Float32Array(small * small);
  for (let y = 0; y < small * each; y++) {
    const line = (from + y) * size + from;
    const to = Math.floor(y / each) * small;
    for (let x = 0; x < small; x++) {
      let sum = 0;
      for (let i = 0; i < each; i++) {
        sum += data[line + x * each + i];
      }
      found[to + x] += sum / (each * each);
    }
  }
  return { data: found, size: small };
}
