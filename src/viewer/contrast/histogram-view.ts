/**
 * The histogram with its two markers.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import type { IHistogram } from '../pixels/levels';
import { coloursAt, followTheme } from '../theme';
import type { ContrastModel } from './model';

/** Half the width of a marker's grip, in CSS pixels. */
const GRIP = 6;

export class HistogramView extends Widget {
  constructor(
    private readonly contrast: ContrastModel,
    themes: IThemeManager | null,
    label: string
  ) {
    super({ node: document.createElement('div') });
    this.addClass('jp-tomo-viewer-histogram');
    this._canvas = document.createElement('canvas');
    this._canvas.setAttribute('role', 'img');
    this._canvas.setAttribute('aria-label', label);
    this.node.appendChild(this._canvas);
    contrast.changed.connect(this._schedule);
    this._theme = followTheme(themes, this._schedule);
    this.node.addEventListener('pointerdown', this._down);
    this.node.addEventListener('pointermove', this._move);
    this.node.addEventListener('pointerup', this._up);
    this.node.addEventListener('pointercancel', this._up);
    this.node.addEventListener('dblclick', this._double);
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(() => this._schedule());
      this._observer.observe(this.node);
    }
  }

  setHistogram(histogram: IHistogram | null): void {
    this._histogram = histogram;
    this._schedule();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.contrast.changed.disconnect(this._schedule);
    this._theme.dispose();
    this._observer?.disconnect();
    cancelAnimationFrame(this._drawing);
    this.node.removeEventListener('pointerdown', this._down);
    this.node.removeEventListener('pointermove', this._move);
    this.node.removeEventListener('pointerup', this._up);
    this.node.removeEventListener('pointercancel', this._up);
    this.node.removeEventListener('dblclick', this._double);
    super.dispose();
  }

  /** The span of values from left to right: the histogram and both levels. */
  private _span(): { from: number; to: number } {
    const { low, high } = this.contrast.levels;
    const bounds = this._held ? this._frozen : null;
    if (bounds) {
      return bounds;
    }
    const from = Math.min(this._histogram?.low ?? low, low);
    const to = Math.max(this._histogram?.high ?? high, high);
    return to > from ? { from, to } : { from, to: from + 1 };
  }

  private _xOf(value: number): number {
    const { from, to } = this._span();
    return ((value - from) / (to - from)) * this.node.clientWidth;
  }

  private _valueAt(event: PointerEvent): number {
    const { from, to } = this._span();
    const box = this.node.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(box.width, 1);
    return from + Math.min(Math.max(share, 0), 1) * (to - from);
  }

  private _partAt(event: PointerEvent): 'low' | 'high' | 'both' | null {
    const x = event.clientX - this.node.getBoundingClientRect().left;
    const low = this._xOf(this.contrast.levels.low);
    const high = this._xOf(this.contrast.levels.high);
    const nearLow = Math.abs(x - low);
    const nearHigh = Math.abs(x - high);
    if (Math.min(nearLow, nearHigh) <= GRIP) {
      return nearLow < nearHigh ? 'low' : 'high';
    }
    return x > low && x < high ? 'both' : null;
  }

  private readonly _down = (event: PointerEvent): void => {
    const part = event.button === 0 ? this._partAt(event) : null;
    if (part) {
      this._frozen = this._span();
      this._held = part;
      this._from = this._valueAt(event);
      this._start = this.contrast.levels;
      this.node.setPointerCapture(event.pointerId);
    }
  };

  private readonly _move = (event: PointerEvent): void => {
    const part = this._held ?? this._partAt(event);
    this.node.style.cursor =
      part === 'both' ? 'grab' : part ? 'ew-resize' : 'default';
    if (!this._held) {
      return;
    }
    const value = this._valueAt(event);
    const { low, high } = this._start;
    const by = value - this._from;
    this.contrast.setLevels(
      this._held === 'both'
        ? { low: low + by, high: high + by }
        : this._held === 'low'
          ? { low: Math.min(value, high), high }
          : { low, high: Math.max(value, low) },
      false
    );
  };

  private readonly _up = (): void => {
    this._held = null;
    this._schedule();
  };

  private readonly _double = (): void => {
    this.contrast.askAuto();
  };

  private readonly _schedule = (): void => {
    cancelAnimationFrame(this._drawing);
    this._drawing = requestAnimationFrame(() => this._draw());
  };

  private _draw(): void {
    const context = this._canvas.getContext('2d');
    const width = this.node.clientWidth;
    const height = this.node.clientHeight;
    if (this.isDisposed || !context || !width || !height) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    this._canvas.width = Math.round(width * ratio);
    this._canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const colours = coloursAt(this.node);
    const low = this._xOf(this.contrast.levels.low);
    const high = this._xOf(this.contrast.levels.high);
    context.fillStyle = colours.accentFill;
    context.fillRect(low, 0, high - low, height);
    this._drawBars(context, height, colours.bars);
    context.fillStyle = colours.accent;
    for (const x of [low, high]) {
      context.fillRect(Math.min(Math.max(x - 1, 0), width - 2), 0, 2, height);
    }
  }

  private _drawBars(
    context: CanvasRenderingContext2D,
    height: number,
    colour: string
  ): void {
    const histogram = this._histogram;
    if (!histogram) {
      return;
    }
    const { counts } = histogram;
    const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0));
    const from = this._xOf(histogram.low);
    const step = (this._xOf(histogram.high) - from) / counts.length;
    context.fillStyle = colour;
    counts.forEach((count, i) => {
      const tall = most ? (Math.log1p(count) / most) * (height - 3) : 0;
      context.fillRect(
        from + i * step,
        height - tall,
        Math.max(step - (step > 3 ? 1 : 0), 0.5),
        tall
      );
    });
  }

  private readonly _theme: IDisposable;
  private readonly _canvas: HTMLCanvasElement;
  private readonly _observer: ResizeObserver | null = null;
  private _histogram: IHistogram | null = null;
  private _held: 'low' | 'high' | 'both' | null = null;
  private _frozen: { from: number; to: number } | null = null;
  private _from = 0;
  private _start = { low: 0, high: 1 };
  private _drawing = 0;
}
