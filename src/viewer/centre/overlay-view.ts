/**
 * The overlay on the page: drag it, or move it with the arrow keys.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { element } from '../dom';
import { followPointer } from '../follow-pointer';
import type { IImage } from '../pixels/image';
import { automaticLevels } from '../pixels/levels';
import type { ILevels } from '../pixels/paint';
import { columnAt } from './line';
import type { IAxisLine } from './line';
import { paintOverlay, reduced } from './overlay';
import type { OverlayLook } from './overlay';

/** Pixels of the overlay across, at most. */
const WIDE = 1200;
/** Steps of the arrow keys in columns, plain and with shift. */
const STEPS = [0.05, 1] as const;

/** By how many columns the axis is to move, and whether the hand is still on it. */
export interface IOverlayMove {
  readonly by: number;
  readonly going: boolean;
}

export class OverlayView implements IDisposable {
  constructor(label: string) {
    this.node = element('div', 'jp-tomo-centre-overlay');
    this.node.tabIndex = 0;
    this.node.setAttribute('role', 'img');
    this.node.setAttribute('aria-label', label);
    this._canvas = document.createElement('canvas');
    this._line = element('div', 'jp-tomo-centre-axis');
    this._row = element('div', 'jp-tomo-centre-row');
    this._frame = element('div', 'jp-tomo-centre-frame');
    this._frame.append(this._canvas, this._line, this._row);
    this.node.append(this._frame);
    this.node.addEventListener('pointerdown', this._press);
    this.node.addEventListener('keydown', this._keys);
  }

  readonly node: HTMLElement;

  /** The user moved the mirror image. */
  get moved(): ISignal<this, IOverlayMove> {
    return this._moved;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** The projection and the one half a turn later, as they were taken; null: none. */
  setImages(images: { first: IImage; opposite: IImage } | null): void {
    if (!images) {
      this._images = null;
      this._canvas.width = this._canvas.height = 0;
      return;
    }
    const { rows, columns } = images.first;
    const bin = Math.max(1, Math.ceil(Math.max(columns, rows) / WIDE));
    const first = reduced(images.first, bin);
    const opposite = reduced(images.opposite, bin);
    this._images = { first, opposite, bin, rows, columns };
    this._levels = automaticLevels(first, 'all', 0.998);
    this._canvas.width = first.columns;
    this._canvas.height = first.rows;
    this._frame.style.aspectRatio = `${columns} / ${rows}`;
    this._frame.style.setProperty(
      '--jp-tomo-centre-shape',
      `${columns / rows}`
    );
  }

  /**
   * Paint with the mirror at an axis.
   *
   * @param row the row that is looked at
   * @returns mean difference of the images, see `paintOverlay`
   */
  paint(axis: IAxisLine, row: number, look: OverlayLook): number {
    const context = this._canvas.getContext('2d', { alpha: false });
    if (!this._images || !context) {
      return NaN;
    }
    const { first, opposite, bin, rows, columns } = this._images;
    const pixels = context.createImageData(first.columns, first.rows);
    const out = new Uint32Array(pixels.data.buffer);
    const difference = paintOverlay(
      first,
      opposite,
      bin,
      axis,
      this._levels,
      look,
      out
    );
    context.putImageData(pixels, 0, 0);
    const middle = (rows - 1) / 2;
    const share = (value: number, size: number): string =>
      `${((value + 0.5) / size) * 100}%`;
    this._line.style.left = share(columnAt(axis, middle), columns);
    this._line.style.transform = `rotate(${-axis.tilt}deg)`;
    this._row.style.top = share(row, rows);
    return difference;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this.node.removeEventListener('pointerdown', this._press);
      this.node.removeEventListener('keydown', this._keys);
      Signal.clearData(this);
      this._images = null;
      this.node.remove();
    }
  }

  private readonly _press = (event: PointerEvent): void => {
    if (event.button !== 0 || !this._images) {
      return;
    }
    const scale = this._images.columns / (this._canvas.clientWidth || 1);
    let last = event.clientX;
    followPointer(
      this.node,
      event,
      ({ clientX }) => {
        // The mirror image moves twice as far as the axis.
        const by = ((clientX - last) * scale) / 2;
        last = clientX;
        this._moved.emit({ by, going: true });
      },
      () => this._moved.emit({ by: 0, going: false })
    );
  };

  private readonly _keys = (event: KeyboardEvent): void => {
    const sign = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (sign !== undefined && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      this._moved.emit({
        by: sign * STEPS[event.shiftKey ? 1 : 0],
        going: false
      });
    }
  };

  private readonly _canvas: HTMLCanvasElement;
  private readonly _frame: HTMLElement;
  private readonly _line: HTMLElement;
  private readonly _row: HTMLElement;
  private readonly _moved = new Signal<this, IOverlayMove>(this);
  private _images: {
    first: IImage;
    opposite: IImage;
    bin: number;
    rows: number;
    columns: number;
  } | null = null;
  private _levels: ILevels = { low: 0, high: 1 };
  private _disposed = false;
}
