/**
 * Which projections a slice is made of: `reconstruction.angles` of a recipe.
 *
 * The same selection stands in `tomo_runner/selection.py`; a fixture holds both
 * to the same answers.
 */
import { ApiError } from '../api';
import type { Recipe } from '../recipe';
import { release } from './release';
import type { IRow } from './wanted';

/** Degrees by which an angle may miss the ends: they come from divisions. */
const NEAR = 1e-6;

/** Places of the projections that a recipe asks for, among angles in acquisition order. */
export function selected(recipe: Recipe, angles: Float64Array): number[] {
  const {
    from = -Infinity,
    to = Infinity,
    every = 1
  } = recipe.reconstruction?.angles ?? {};
  const inside: number[] = [];
  for (const [place, angle] of angles.entries()) {
    if (angle >= from - NEAR && angle <= to + NEAR) {
      inside.push(place);
    }
  }
  return every > 1 ? inside.filter((_, index) => index % every === 0) : inside;
}

/** A row with the projections that the recipe at hand asks for; the last one is kept, and gives its memory back when another one is asked for. */
export class Selection {
  /**
   * @param whole all projections, as the agent gave them
   * @throws ApiError when none is left
   */
  of(recipe: Recipe, whole: IRow): IRow {
    const { sinogram } = whole;
    const asked = recipe.reconstruction?.angles;
    const key = asked ? `${sinogram.key} ${JSON.stringify(asked)}` : '';
    if (this._last?.sinogram.key === key) {
      return this._last;
    }
    const places = asked ? selected(recipe, sinogram.angles) : [];
    this.clear();
    if (!asked || places.length === sinogram.count) {
      return whole;
    }
    if (!places.length) {
      throw nothingLeft(sinogram.angles);
    }
    const { columns } = sinogram;
    const data = new Float32Array(places.length * columns);
    const angles = new Float64Array(places.length);
    for (const [to, from] of places.entries()) {
      angles[to] = sinogram.angles[from];
      data.set(
        sinogram.data.subarray(from * columns, (from + 1) * columns),
        to * columns
      );
    }
    this._last = {
      ...whole,
      sinogram: { key, data, count: places.length, columns, angles },
      about: {
        ...whole.about,
        projections: { used: places.length, of: sinogram.count }
      }
    };
    return this._last;
  }

  /** Nothing is kept any more. */
  clear(): void {
    release(this._last?.sinogram.data);
    this._last = null;
  }

  private _last: IRow | null = null;
}

function nothingLeft(angles: Float64Array): ApiError {
  const least = angles.reduce((a, b) => Math.min(a, b), Infinity);
  const most = angles.reduce((a, b) => Math.max(a, b), -Infinity);
  return new ApiError({
    code: 'nothing-left',
    message: `reconstruction.angles leaves no projection: they stand from ${Number(least.toPrecision(6))} to ${Number(most.toPrecision(6))} degrees.`,
    where: 'reconstruction.angles',
    hint: 'Choose a range in which there are some.'
  });
}
