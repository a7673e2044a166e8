/**
 * What a view paints: the newest there is of an image, or what was before for
 * as long as that is held.
 */
import type { IImage } from './pixels/image';
import type { ImageView } from './pixels/image-view';

/** A first look at what an image is going to be. */
interface ILook {
  readonly image: IImage;
  /** Width of its pixels in those of the image. */
  readonly bin: number;
}

/** Of what an image is. */
interface IOf {
  readonly unit: string;
  /** Names what its middle is; empty: nothing that others have. */
  readonly middle: string;
}

export class CoveredImage {
  constructor(private readonly _view: ImageView) {}

  /** Whether what was before lies over the newest. */
  get isCovered(): boolean {
    return this._before !== null;
  }

  /** Whether a first look is newer than the image. */
  get isLookedAt(): boolean {
    return this._look !== null;
  }

  /**
   * Another image, or none.
   *
   * @param before what was before it; while that is held it stays on the screen,
   *   unless there is none any more
   */
  set(image: IImage | null, of: IOf, before: IImage | null): void {
    this._image = image;
    this._of = of;
    this._look = null;
    const held = this._before;
    const still = held && image && before;
    if (!still) {
      this.uncover();
    } else if (still !== held) {
      this.cover(still);
    }
  }

  /** A first look at the next image. */
  look(image: IImage, bin: number): void {
    this._look = { image, bin };
    if (!this._before) {
      this._view.showLook(image, bin);
    }
  }

  /** What was looked at is not going to come. */
  endLook(): void {
    this._look = null;
    this._view.endLook();
  }

  /** Lay what was before over it. */
  cover(before: IImage): void {
    this._before = before;
    const { unit, middle } = this._of;
    this._view.setImage(before, unit, { middle, isScaled: true });
  }

  /** Show the newest again, which may have come meanwhile. */
  uncover(): void {
    this._before = null;
    const { unit, middle } = this._of;
    this._view.setImage(this._image, unit, { middle });
    if (this._look) {
      this._view.showLook(this._look.image, this._look.bin);
    }
  }

  private _image: IImage | null = null;
  private _of: IOf = { unit: '', middle: '' };
  private _look: ILook | null = null;
  /** What is held over it. */
  private _before: IImage | null = null;
}
