/**
 * What a drag over an image does: it moves the view or an overlay, or spans a
 * box.
 */
import type { Rectangle } from '../../recipe';
import type { IDrag, IPoint } from './gestures';
import { between, dragged } from './overlays';
import type { IGrab, Overlay } from './overlays';
import { boxed, magnification, panned } from './view';
import type { IView } from './view';
import type { IExtent } from './viewport';

/** What drags do to a view; points are in image coordinates. */
export interface IDragTarget {
  /** Null while there is no image. */
  readonly extent: () => IExtent | null;
  /** Whether the next drag draws a rectangle. */
  readonly draws: () => boolean;
  /** The overlay that is gripped at a point, and by what. */
  readonly grab: (at: IPoint) => { grab: IGrab; overlay: Overlay } | null;
  readonly look: (view: IView) => void;
  readonly panning: (on: boolean) => void;
  /** An overlay is on its way; null: not any more, and it is where it was. */
  readonly hold: (overlay: Overlay | null) => void;
  /** It was let go at its new place. */
  readonly drop: (overlay: Overlay) => void;
  /** A click that was no drag. */
  readonly pick: (at: IPoint) => void;
  readonly draw: (rectangle: Rectangle) => void;
}

export class Drags {
  constructor(private readonly _target: IDragTarget) {
    this.band.className = 'jp-tomo-viewer-band';
    this.band.hidden = true;
  }

  /** The box that is spanned. */
  readonly band = document.createElement('div');

  /** @param modifier spans a box to be zoomed into, whatever is below */
  begin(at: IPoint, modifier: boolean): IDrag {
    const draws = this._target.draws();
    if (draws || modifier) {
      return this._box(at, draws);
    }
    const found = this._target.grab(at);
    return found ? this._overlay(at, found.grab, found.overlay) : this._pan();
  }

  private _pan(): IDrag {
    const { extent, look, panning, pick } = this._target;
    panning(true);
    return {
      move: (_, by) => {
        const now = extent();
        if (now) {
          const scale = magnification(now.view, now.plot);
          look(panned(now.view, -by.x / scale, -by.y / scale, now.image));
        }
      },
      end: (to, moved) => {
        panning(false);
        if (!moved) {
          pick(to);
        }
      },
      cancel: () => panning(false),
      // It goes by how far the pointer is, wherever that is in the image.
      shift: () => undefined
    };
  }

  private _box(at: IPoint, draws: boolean): IDrag {
    let from = at;
    const { extent, look, draw } = this._target;
    const hide = (): void => {
      this.band.hidden = true;
    };
    return {
      move: to => this._span(from, to),
      end: (to, moved) => {
        hide();
        const now = extent();
        if (!moved || !now) {
          return;
        }
        if (draws) {
          draw(between(from, to, now.image));
          return;
        }
        const box = {
          left: Math.min(from.x, to.x),
          right: Math.max(from.x, to.x),
          top: Math.min(from.y, to.y),
          bottom: Math.max(from.y, to.y)
        };
        look(boxed(box, now.image, now.plot));
      },
      cancel: hide,
      shift: by => {
        from = { x: from.x + by.x, y: from.y + by.y };
      }
    };
  }

  private _overlay(from: IPoint, grab: IGrab, start: Overlay): IDrag {
    const { extent, hold, drop, pick } = this._target;
    let held = start;
    hold(held);
    return {
      move: to => {
        const now = extent();
        if (now) {
          held = dragged(start, grab, to.x - from.x, to.y - from.y, now.image);
          hold(held);
        }
      },
      end: (to, moved) => {
        if (moved) {
          drop(held);
        } else {
          hold(null);
          pick(to);
        }
      },
      cancel: () => hold(null)
    };
  }

  private _span(from: IPoint, to: IPoint): void {
    const now = this._target.extent();
    if (!now) {
      return;
    }
    const scale = magnification(now.view, now.plot);
    const { style } = this.band;
    style.left = `${(Math.min(from.x, to.x) - now.view.left) * scale}px`;
    style.top = `${(Math.min(from.y, to.y) - now.view.top) * scale}px`;
    style.width = `${Math.abs(from.x - to.x) * scale}px`;
    style.height = `${Math.abs(from.y - to.y) * scale}px`;
    this.band.hidden = false;
  }
}
