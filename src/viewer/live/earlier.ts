/**
 * What was shown before the last series of changes at one place.
 */
import type { IImage } from '../pixels/image';

/** Milliseconds without an image of another recipe after which another change is another series. */
const SERIES = 1000;

export class Earlier {
  /** @param now milliseconds of a clock that only goes on */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The image before; null when nothing was changed here yet. */
  get image(): IImage | null {
    return this._image;
  }

  /**
   * Another image is about to be shown.
   *
   * @param place where it is; at another place there is nothing before
   * @param recipe what it is made with, as text; an image made anew of the
   *   same, in more digits or by another engine, is no change
   * @param shown what is shown until now
   */
  replaced(place: string, recipe: string, shown: IImage | null): void {
    const now = this.now();
    if (place !== this._place) {
      this._image = null;
    } else if (recipe === this._recipe) {
      return;
    } else if (now - this._last > SERIES) {
      this._image = shown;
    }
    this._place = place;
    this._recipe = recipe;
    this._last = now;
  }

  private _image: IImage | null = null;
  private _place = '';
  private _recipe = '';
  private _last = -Infinity;
}
