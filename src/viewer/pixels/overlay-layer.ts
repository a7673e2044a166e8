/**
 * The overlays of an image: which they are, which of them the hand holds, and
 * their shapes, which are made anew only for others.
 */
import type { IShape } from '../plotly';
import type { IColours } from '../theme';
import type { IPoint } from './gestures';
import { grabAt } from './overlays';
import type { IGrab, Overlay } from './overlays';
import { shapesOf } from './shapes';
import type { ISize } from './view';

export class OverlayLayer {
  /** Whether one of them is on its way. */
  get holds(): boolean {
    return this._held !== null;
  }

  /** Take others; false when they are those that are here. */
  set(overlays: readonly Overlay[]): boolean {
    // Every edit of a recipe sets them; to lay out the same ones takes as long as others.
    if (JSON.stringify(overlays) === JSON.stringify(this._overlays)) {
      return false;
    }
    this._overlays = overlays;
    // What is held hides them; it lays all of them out when it is let go.
    if (!this._held) {
      this.renew();
    }
    return true;
  }

  /** An overlay is on its way; null: not any more, and it is where it was. */
  hold(overlay: Overlay | null): void {
    this._held = overlay;
    this.renew();
  }

  /** It was let go at its new place. */
  drop(dropped: Overlay): void {
    this._overlays = this._overlays.map(overlay =>
      overlay.id === dropped.id ? dropped : overlay
    );
    this.hold(null);
  }

  /** What of which overlay lies at a point. */
  at({ x, y }: IPoint, reach: number): IGrab | null {
    return grabAt(this._overlays, x, y, reach);
  }

  /** The overlay of a grip. */
  of(grab: IGrab): Overlay | undefined {
    return this._overlays.find(({ id }) => id === grab.id);
  }

  /** The image or its colours are others. */
  renew(): void {
    this._shapes = null;
  }

  shapes(image: ISize, colours: IColours): IShape[] {
    const held = this._held;
    this._shapes ??= shapesOf(
      held
        ? this._overlays.map(one => (one.id === held.id ? held : one))
        : this._overlays,
      image,
      colours
    );
    return this._shapes;
  }

  private _overlays: readonly Overlay[] = [];
  private _held: Overlay | null = null;
  private _shapes: IShape[] | null = null;
}
