/**
 * The pixels of an image: a canvas under the plot, moved by CSS. It has the
 * part that is seen, at the resolution of the screen: a canvas as large as the
 * image would take as much memory again as the image, and three times that in
 * the browser's compositor.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IImage } from './image';
import type { ILevels } from './paint';
import { paintRegion } from './painter';
import { contains, regionOf } from './region';
import type { IRegion } from './region';
import { magnification } from './view';
import type { ISize, IView } from './view';

/** Pixels that are larger than those of the view. */
export interface IGrain {
  /** Width of one in pixels of the view. */
  readonly size: number;
  /** Where the first one begins, in pixels of the view. */
  readonly shift: number;
}

/** What is painted. */
interface IContent {
  readonly image: IImage;
  readonly table: Uint32Array;
  readonly levels: ILevels;
  readonly grain: IGrain;
}

const WHOLE: IGrain = { size: 1, shift: 0 };
/** Pixels that are painted at a time: the whole would take as much memory as the canvas. */
const STRIP = 1 << 17;

export class PixelLayer implements IDisposable {
  constructor() {
    this.node = document.createElement('div');
    this.node.className = 'jp-tomo-viewer-clip';
    this._canvas = document.createElement('canvas');
    this._canvas.className = 'jp-tomo-viewer-canvas';
    this._canvas.hidden = true;
    this.node.appendChild(this._canvas);
  }

  readonly node: HTMLDivElement;

  /**
   * Paint an image, from the next `place` on.
   *
   * @param grain how its pixels lie on those of the view
   */
  paint(
    image: IImage,
    table: Uint32Array,
    levels: ILevels,
    grain: IGrain = WHOLE
  ): void {
    this._content = { image, table, levels, grain };
    this._region = null;
  }

  /** Nothing is painted any more. */
  clear(): void {
    this._content = this._region = this._strip = null;
    this._canvas.hidden = true;
    // Frees the backing store now instead of at the next collection.
    this._canvas.width = this._canvas.height = 0;
  }

  /** Bring the canvas in line with the view. */
  place(view: IView, plot: ISize): void {
    const content = this._content;
    if (!content) {
      return;
    }
    const { image, grain } = content;
    const scale = magnification(view, plot);
    const seen = regionOf(image, view, grain, scale * window.devicePixelRatio);
    if (!this._region || !contains(this._region, seen)) {
      this._region = seen;
      this._fill(content, seen);
    }
    const { left, top, bin } = this._region;
    const start = grain.shift - 0.5;
    const x = (start + left * grain.size - view.left) * scale;
    const y = (start + top * grain.size - view.top) * scale;
    this._canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale * grain.size * bin})`;
    this._canvas.classList.toggle('jp-mod-pixelated', scale >= 2);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this.clear();
    this.node.remove();
  }

  /** Paint a region; the canvas is used again while the size stays. */
  private _fill({ image, table, levels }: IContent, region: IRegion): void {
    const context = this._canvas.getContext('2d', { alpha: false });
    const { left, top, right, bottom, bin } = region;
    const columns = Math.ceil((right - left) / bin);
    const rows = Math.ceil((bottom - top) / bin);
    this._canvas.hidden = !context || columns < 1 || rows < 1;
    if (!context || this._canvas.hidden) {
      return;
    }
    if (this._canvas.width !== columns || this._canvas.height !== rows) {
      this._canvas.width = columns;
      this._canvas.height = rows;
    }
    const high = Math.min(rows, Math.ceil(STRIP / columns));
    if (this._strip?.width !== columns || this._strip.height !== high) {
      this._strip = context.createImageData(columns, high);
    }
    const pixels = new Uint32Array(this._strip.data.buffer);
    for (let row = 0; row < rows; row += high) {
      const past = Math.min(rows, row + high);
      paintRegion(image, region, row, past, pixels, table, levels);
      // Rows beyond the image fall beyond the canvas.
      context.putImageData(this._strip, 0, row);
    }
  }

  private readonly _canvas: HTMLCanvasElement;
  private _content: IContent | null = null;
  /** What the canvas has; null when it is to be painted. */
  private _region: IRegion | null = null;
  /** Used again by the next image. */
  private _strip: ImageData | null = null;
  private _disposed = false;
}
