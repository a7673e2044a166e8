/**
 * The pixels of an image: a canvas under the plot, moved by CSS.
 */
import type { IDisposable } from '@lumino/disposable';

import type { IImage } from './image';
import { paint } from './paint';
import type { ILevels } from './paint';
import { magnification } from './view';
import type { ISize, IView } from './view';

/** Pixels that are larger than those of the view. */
export interface IGrain {
  /** Width of one in pixels of the view. */
  readonly size: number;
  /** Where the first one begins, in pixels of the view. */
  readonly shift: number;
}

const WHOLE: IGrain = { size: 1, shift: 0 };
/** Pixels that are painted at a time: the whole would take as much memory as the image. */
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
   * Paint an image; its canvas is used again while the size stays.
   *
   * @param grain how its pixels lie on those of the view
   */
  paint(
    image: IImage,
    table: Uint32Array,
    levels: ILevels,
    grain: IGrain = WHOLE
  ): void {
    this._grain = grain;
    const context = this._canvas.getContext('2d', { alpha: false });
    if (!context) {
      return;
    }
    const { data, rows, columns } = image;
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
      const part = data.subarray(row * columns, past * columns);
      paint(part, pixels, table, levels);
      // Rows beyond the image fall beyond the canvas.
      context.putImageData(this._strip, 0, row);
    }
    this._canvas.hidden = false;
  }

  /** Put the canvas where the view has it. */
  place(view: IView, plot: ISize): void {
    const scale = magnification(view, plot);
    const { size, shift } = this._grain;
    const x = (shift - 0.5 - view.left) * scale;
    const y = (shift - 0.5 - view.top) * scale;
    this._canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale * size})`;
    this._canvas.classList.toggle('jp-mod-pixelated', scale >= 2);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._strip = null;
    // Frees the backing store now instead of at the next collection.
    this._canvas.width = 0;
    this._canvas.height = 0;
    this.node.remove();
  }

  private readonly _canvas: HTMLCanvasElement;
  private _grain = WHOLE;
  private _strip: ImageData | null = null;
  private _disposed = false;
}
