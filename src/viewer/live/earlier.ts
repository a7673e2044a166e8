/**
 * What was shown before the last series of changes at one place.
 */
import type { Recipe } from '../../recipe';
import type { IImage } from '../pixels/image';

/** Milliseconds without an edit after which another one is another series. */
const SERIES = 1000;

export class Earlier {
  /** @param now milliseconds of a clock that only goes on */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The image before; null when nothing was changed here yet. */
  get image(): IImage | null {
    return this._image;
  }

  /** Whether a series has begun of which nothing is shown yet. */
  get isBegun(): boolean {
    return this._series !== this._shownSeries;
  }

  /**
   * The recipe is another now. Edits tell series apart, not images: those of a
   * drag are first looks until the hand rests, and slow ones come late.
   */
  edited(recipe: Recipe): void {
    const now = this.now();
    if (now - this._last > SERIES) {
      this._series += 1;
    }
    this._last = now;
    this._seriesOf.set(recipe, this._series);
  }

  /**
   * Memory of the image before, which is none any more then: what is shown
   * takes its place when the image comes that a new series is to show. Should
   * that one not come after all, nothing is before. Null where the series goes
   * on, or the image is only made anew.
   *
   * @param place where the image is that comes, as in `replaced`
   * @param made what it is made with
   * @param isFree whether the memory of an image is nobody else's
   */
  give(
    place: string,
    made: string,
    isFree: (image: IImage) => boolean
  ): Float32Array | null {
    const image = this._image;
    const isOther = place !== this._place || made !== this._made;
    if (!image || !this.isBegun || !isOther || !isFree(image)) {
      return null;
    }
    this._image = null;
    return image.data;
  }

  /**
   * Another image is about to be shown.
   *
   * @param place where it is; at another place there is nothing before
   * @param made what it is made with, as text; an image made anew of the
   *   same, in more digits or by another engine, is no change
   * @param recipe that it is of
   * @param shown what is shown until now
   */
  replaced(
    place: string,
    made: string,
    recipe: Recipe,
    shown: IImage | null
  ): void {
    const series = this._seriesOf.get(recipe) ?? 0;
    if (place !== this._place) {
      this._image = null;
    } else if (made === this._made) {
      return;
    } else if (series !== this._shownSeries) {
      this._image = shown;
    }
    this._place = place;
    this._made = made;
    this._shownSeries = series;
  }

  private _image: IImage | null = null;
  private _place = '';
  private _made = '';
  private _last = -Infinity;
  /** Number of the series of edits; what was never edited is of none. */
  private _series = 0;
  private readonly _seriesOf = new WeakMap<Recipe, number>();
  /** The series that what is shown is of. */
  private _shownSeries = 0;
}
