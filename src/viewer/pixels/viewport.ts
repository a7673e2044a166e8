/**
 * What is seen of an image on a plot: the sizes of both, pan and zoom.
 */
import type { IPoint } from './gestures';
import { MARGIN } from './plot';
import { fitted, magnification, moved, resized, zoomed } from './view';
import type { ISize, IView } from './view';

/** What is seen of an image, and how large it is. */
export interface IExtent {
  readonly view: IView;
  readonly image: ISize;
  readonly plot: ISize;
}

export class Viewport {
  /** Size of the image; null while there is none. */
  get image(): ISize | null {
    return this._image;
  }

  /** Size of the widget; null before it has one. */
  get outer(): ISize | null {
    return this._outer;
  }

  /** Whether the whole image is shown as large as it goes. */
  get fits(): boolean {
    return this._fits;
  }

  /** Null while there is no image, or no room for it. */
  get extent(): IExtent | null {
    const { image, _view: view, _plot: plot } = this;
    return view && image && plot ? { view, image, plot } : null;
  }

  /** The middle of what is seen. */
  get middle(): IPoint | null {
    const view = this._view;
    return (
      view && {
        x: (view.left + view.right) / 2,
        y: (view.top + view.bottom) / 2
      }
    );
  }

  /**
   * There is another image. What is seen stays in its place where this one is
   * as large as the last one, or has its middle in common with it.
   *
   * @param middle names what the middle of the image is; empty: nothing that others have
   * @returns by how much its points lie further on than those of the last one;
   *   null: what is seen is of another image, or there is none
   */
  place(image: ISize | null, middle = ''): IPoint | null {
    const { _last: last, _middle: before } = this;
    this._image = image;
    if (!image) {
      return null;
    }
    this._last = image;
    this._middle = middle;
    const isLarge = image.width === last?.width && image.height === last.height;
    if (!last || !(isLarge || (middle !== '' && middle === before))) {
      return null;
    }
    this._view = this._view && shifted(this._view, last, image);
    return between(last, image);
  }

  /** Show the whole image; false when that has to wait for an image or for room. */
  fit(): boolean {
    if (!this.image || !this._plot) {
      return false;
    }
    this._fits = true;
    this._view = fitted(this.image, this._plot);
    return true;
  }

  look(view: IView): void {
    this._view = view;
    this._fits = false;
  }

  /** Zoom about a point of the image; false when there is none. */
  zoom(at: IPoint, factor: number): boolean {
    const { extent } = this;
    if (!extent) {
      return false;
    }
    const { view, image, plot } = extent;
    this.look(zoomed(view, at.x, at.y, factor, image, plot));
    return true;
  }

  /** Show the part about the middle that another view shows; false when it is shown already. */
  showSame({ _view: view, _fits: fits, _last, _middle }: Viewport): boolean {
    if (!view || view === this._view) {
      return false;
    }
    if (!this._image) {
      // What comes lies where the other one does.
      this._last = _last;
      this._middle = _middle;
    }
    this._view = this._last && _last ? shifted(view, _last, this._last) : view;
    this._fits = fits;
    return true;
  }

  /**
   * The widget has this size.
   *
   * @returns what becomes of the view; null: nothing, as the plot is of the size it was
   */
  resize(outer: ISize): 'kept' | 'lost' | null {
    const plot = {
      width: outer.width - MARGIN.left - MARGIN.right,
      height: outer.height - MARGIN.top - MARGIN.bottom
    };
    const before = this._plot;
    if (
      plot.width < 8 ||
      plot.height < 8 ||
      (plot.width === before?.width && plot.height === before.height)
    ) {
      return null;
    }
    this._outer = outer;
    this._plot = plot;
    if (!this._view || this._fits) {
      return 'lost';
    }
    // Before there was room, it was that of another view.
    this._view = before ? resized(this._view, before, plot) : this._view;
    return 'kept';
  }

  /** The point of the image at a point of the plot; NaN while nothing is seen. */
  toImage(point: IPoint): IPoint {
    const { _view: view, _plot: plot } = this;
    if (!view || !plot) {
      return { x: NaN, y: NaN };
    }
    const scale = magnification(view, plot);
    return { x: view.left + point.x / scale, y: view.top + point.y / scale };
  }

  /** Pixels of the image in a length on the screen; NaN while nothing is seen. */
  toPixels(length: number): number {
    const { _view: view, _plot: plot } = this;
    return view && plot ? length / magnification(view, plot) : NaN;
  }

  private _image: ISize | null = null;
  /** Size of the last image that there was, and what its middle is. */
  private _last: ISize | null = null;
  private _middle = '';
  private _outer: ISize | null = null;
  private _plot: ISize | null = null;
  private _view: IView | null = null;
  private _fits = true;
}

/** From the middle of an image to that of another one, in pixels from their corners. */
function between(one: ISize, other: ISize): IPoint {
  return {
    x: (other.width - one.width) / 2,
    y: (other.height - one.height) / 2
  };
}

/** The same part about the middle of another image. */
function shifted(view: IView, one: ISize, other: ISize): IView {
  const { x, y } = between(one, other);
  return x === 0 && y === 0 ? view : moved(view, x, y);
}
