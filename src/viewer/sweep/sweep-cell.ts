/**
 * One slice of a sweep: its picture, which takes the values, or why there is none.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Failure } from '../../api';
import type { ILiveImage } from '../../tuning';
import type { ContrastModel } from '../contrast';
import { button, element } from '../dom';
import { failureSentence } from '../../field-names';
import { colourTable } from '../pixels/colours';
import { paintRegion } from '../pixels/painter';
import type { ICellValues } from './cell-values';

export interface ICellOptions extends ICellValues {
  readonly trans: TranslationBundle;
  readonly contrast: ContrastModel;
  readonly take: () => void;
  readonly again: () => void;
}

export class SweepCell {
  constructor(private readonly _options: ICellOptions) {
    const { held, labels, name, take, trans } = _options;
    this.node.classList.toggle('jp-mod-held', held);
    const text = held
      ? trans.__('%1, as it is now', name)
      : trans.__('Take %1 into the recipe', name);
    this._take = button('', text, take);
    this._take.setAttribute('aria-label', text);
    this._take.className = 'jp-tomo-sweep-take';
    this._canvas.width = this._canvas.height = 1;
    this._take.append(this._canvas);
    this.node.append(this._take);
    // The values of two parameters stand at the sides of the grid.
    if (labels.length === 1) {
      this.node.append(this.label('jp-tomo-sweep-label'));
    }
  }

  readonly node = element('div', 'jp-tomo-sweep-cell');

  /** Give it the keys: what can be pressed of it. */
  focus(): void {
    (this._trouble?.querySelector('button') ?? this._take).focus();
  }

  get values(): ICellValues {
    return this._options;
  }

  /** What it is of, in words. */
  label(className: string): HTMLElement {
    const { held, labels, trans } = this._options;
    const node = element('span', className);
    node.append(
      ...labels.map((value, index) =>
        element('span', '', index ? ` · ${value}` : value)
      )
    );
    if (held) {
      node.append(
        element('span', 'jp-tomo-sweep-now', ` ${trans.__('(now)')}`)
      );
    }
    return node;
  }

  /** Its picture as it is painted; null while there is none. */
  get picture(): HTMLCanvasElement | null {
    return this._image && this._canvas;
  }

  /** Whether there is a picture. */
  get isReady(): boolean {
    return this._image !== null;
  }

  /** Whether it was tried, and cannot be had. */
  get isFailed(): boolean {
    return this._trouble !== null;
  }

  /** Columns of its slice; 0 while there is none. */
  get columns(): number {
    return this._image ? this._image.columns * this._image.bin : 0;
  }

  /** Show its slice in the middle of so many columns, as the others are. */
  set frame(columns: number) {
    if (columns !== this._frame) {
      this._frame = columns;
      this.paint();
    }
  }

  /** It is asked for. */
  wait(): void {
    const focused = this._trouble?.contains(document.activeElement);
    this._trouble?.remove();
    this._trouble = null;
    this._take.hidden = false;
    if (focused) {
      this._take.focus();
    }
  }

  show(image: ILiveImage): void {
    this.wait();
    this._image = image;
    this.paint();
  }

  /** Say what is wrong, and offer to try again. */
  fail(failure: Failure): void {
    this.wait();
    const { trans, again, name } = this._options;
    const text = failureSentence(failure, trans);
    const words = element('p', '', text);
    words.title = text;
    this._trouble = element('div', 'jp-tomo-sweep-trouble');
    this._trouble.setAttribute('role', 'alert');
    const retry = button(
      trans.__('Try again'),
      trans.__('Compute the slice of %1 once more', name),
      again
    );
    this._trouble.append(words, retry);
    const focused = document.activeElement === this._take;
    // What was not seen is not taken.
    this._take.hidden = true;
    this.node.prepend(this._trouble);
    if (focused) {
      retry.focus();
    }
  }

  paint(): void {
    const context = this._canvas.getContext('2d', { alpha: false });
    if (!this._image || !context) {
      return;
    }
    const { rows, columns, bin } = this._image;
    const { look, levels } = this._options.contrast;
    const pixels = new ImageData(columns, rows);
    paintRegion(
      this._image,
      { left: 0, top: 0, right: columns, bottom: rows, bin: 1 },
      0,
      rows,
      new Uint32Array(pixels.data.buffer),
      colourTable(look),
      levels
    );
    const [wide, high] = [columns, rows].map(size =>
      Math.max(size, Math.round(this._frame / bin))
    );
    this._canvas.width = wide;
    this._canvas.height = high;
    const [left, top] = [wide - columns, high - rows].map(more =>
      Math.floor(more / 2)
    );
    context.putImageData(pixels, left, top);
  }

  private readonly _take: HTMLButtonElement;
  private readonly _canvas = document.createElement('canvas');
  private _trouble: HTMLElement | null = null;
  private _image: ILiveImage | null = null;
  /** Columns of the largest slice of the grid. */
  private _frame = 0;
}
