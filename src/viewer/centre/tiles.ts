/**
 * Slices side by side with one contrast and one view, of which one is chosen.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { element } from '../dom';
import { colourTable, DEFAULT_LOOK } from '../pixels/colours';
import type { IImage } from '../pixels/image';
import { automaticLevels } from '../pixels/levels';
import { paint } from '../pixels/paint';
import type { ILevels } from '../pixels/paint';

/** Pixels that the mouse may move in a click. */
const STILL = 4;
const NEAREST = 32;

interface ITile {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly label: HTMLElement;
  /** The slice at its own size; empty until it is there. */
  readonly slice: HTMLCanvasElement;
  /** Columns of a pixel of it. */
  bin: number;
}

/** What part of the slices is seen: columns from their middle, which is the axis of each, and the magnification. */
interface IPart {
  x: number;
  y: number;
  zoom: number;
}

export class SliceTiles implements IDisposable {
  constructor(count: number, label: string) {
    this.node = element('div', 'jp-tomo-centre-tiles');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', label);
    this._tiles = Array.from({ length: count }, (_, index) =>
      this._makeTile(index)
    );
    this.node.append(...this._tiles.map(tile => tile.node));
    this._resizes = new ResizeObserver(() => this._draw());
    this._resizes.observe(this.node);
  }

  readonly node: HTMLElement;

  /** The tile that was clicked. */
  get picked(): ISignal<this, number> {
    return this._picked;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * New slices come; the old ones stay until they do.
   *
   * @param labels of those that come, in their places; empty where none does
   */
  expect(labels: readonly string[], titles: readonly string[]): void {
    this._levels = null;
    this._tiles.forEach((tile, index) => {
      const comes = labels[index] !== '';
      tile.node.classList.toggle('jp-mod-none', !comes);
      if (!comes) {
        tile.slice.width = tile.slice.height = 0;
      }
      tile.label.textContent = labels[index];
      tile.node.title = titles[index];
      tile.node.setAttribute('aria-label', titles[index]);
      tile.node.classList.toggle('jp-mod-old', comes);
    });
    this._measure();
  }

  show(index: number, image: IImage): void {
    // The first one that comes is the middle one: its levels hold for all.
    this._levels ??= automaticLevels(image, 'disc', 0.995);
    const tile = this._tiles[index];
    const { slice } = tile;
    slice.width = image.columns;
    slice.height = image.rows;
    tile.bin = image.bin ?? 1;
    const context = slice.getContext('2d', { alpha: false });
    if (!context) {
      return;
    }
    const pixels = context.createImageData(image.columns, image.rows);
    paint(image.data, new Uint32Array(pixels.data.buffer), TABLE, this._levels);
    context.putImageData(pixels, 0, 0);
    tile.node.classList.remove('jp-mod-old');
    if (!this._measure()) {
      this._drawTile(tile);
    }
  }

  /** Show all of the slices again. */
  resetZoom(): void {
    this._part = { x: 0, y: 0, zoom: 1 };
    this._draw();
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._resizes.disconnect();
      Signal.clearData(this);
      this.node.remove();
    }
  }

  private _makeTile(index: number): ITile {
    const node = element('div', 'jp-tomo-centre-tile');
    node.tabIndex = 0;
    node.setAttribute('role', 'button');
    const canvas = document.createElement('canvas');
    const label = element('span', 'jp-tomo-centre-tile-label');
    node.append(canvas, label);
    node.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        this._picked.emit(index);
      } else if (this._zoomed(event.key)) {
        event.preventDefault();
      }
    });
    node.addEventListener('pointerdown', event => this._press(event, index));
    node.addEventListener('dblclick', event => event.preventDefault());
    node.addEventListener('wheel', event => this._wheel(event, node), {
      passive: false
    });
    const slice = document.createElement('canvas');
    slice.width = slice.height = 0;
    return { node, canvas, label, slice, bin: 1 };
  }

  private _press(event: PointerEvent, index: number): void {
    if (event.button !== 0) {
      return;
    }
    const { node, canvas } = this._tiles[index];
    const [fromX, fromY] = [event.clientX, event.clientY];
    const start = { ...this._part };
    let moved = false;
    const move = (next: PointerEvent): void => {
      const dx = next.clientX - fromX;
      const dy = next.clientY - fromY;
      moved ||= Math.hypot(dx, dy) > STILL;
      if (moved && start.zoom > 1) {
        const by = this._wide / ((canvas.clientWidth || 1) * start.zoom);
        this._look(start.x - dx * by, start.y - dy * by, start.zoom);
      }
    };
    const end = (last: PointerEvent): void => {
      node.removeEventListener('pointermove', move);
      node.removeEventListener('pointerup', end);
      node.removeEventListener('pointercancel', end);
      if (last.type === 'pointerup' && !moved) {
        this._picked.emit(index);
      }
    };
    node.setPointerCapture(event.pointerId);
    node.addEventListener('pointermove', move);
    node.addEventListener('pointerup', end);
    node.addEventListener('pointercancel', end);
  }

  /** Zoom about the middle, by keys. */
  private _zoomed(key: string): boolean {
    const by = { '+': 1.25, '=': 1.25, '-': 0.8, '0': 0 }[key];
    if (by === undefined) {
      return false;
    }
    const { x, y, zoom } = this._part;
    this._look(x, y, Math.max(1, Math.min(NEAREST, zoom * by)));
    return true;
  }

  /** Zoom about the pointer. */
  private _wheel(event: WheelEvent, node: HTMLElement): void {
    event.preventDefault();
    const box = node.getBoundingClientRect();
    const { x, y, zoom } = this._part;
    const next = Math.max(
      1,
      Math.min(NEAREST, zoom * 2 ** (-event.deltaY / 200))
    );
    const by = this._wide / zoom - this._wide / next;
    const atX = (event.clientX - box.left) / box.width - 0.5;
    const atY = (event.clientY - box.top) / box.height - 0.5;
    this._look(x + atX * by, y + atY * by, next);
  }

  private _look(x: number, y: number, zoom: number): void {
    const most = (this._wide - this._wide / zoom) / 2;
    const within = (value: number): number =>
      Math.max(-most, Math.min(most, value));
    this._part = { x: within(x), y: within(y), zoom };
    this._draw();
  }

  /**
   * All are as large as the largest, which gives the scale: in half acquisition
   * each axis has slices of another size.
   *
   * @returns whether they were drawn anew for it
   */
  private _measure(): boolean {
    const wide = Math.max(
      ...this._tiles.map(({ slice, bin }) => slice.width * bin)
    );
    const before = this._wide;
    if (wide === before || wide === 0) {
      return false;
    }
    this._wide = wide;
    const { x, y, zoom } = this._part;
    // What is seen of the sample stays.
    const next = zoom > 1 && before ? (zoom * wide) / before : zoom;
    this._look(x, y, Math.max(1, Math.min(NEAREST, next)));
    return true;
  }

  private _draw(): void {
    this._tiles.forEach(tile => this._drawTile(tile));
  }

  private _drawTile({ canvas, slice, bin }: ITile): void {
    const size = Math.round(canvas.clientWidth * window.devicePixelRatio);
    const context = canvas.getContext('2d', { alpha: false });
    if (!context || !size || !slice.width) {
      return;
    }
    canvas.width = canvas.height = size;
    const { x, y, zoom } = this._part;
    const wide = this._wide / zoom / bin;
    context.imageSmoothingEnabled = wide > size / 3;
    context.imageSmoothingQuality = 'high';
    context.drawImage(
      slice,
      x / bin + (slice.width - wide) / 2,
      y / bin + (slice.height - wide) / 2,
      wide,
      wide,
      0,
      0,
      size,
      size
    );
  }

  private readonly _tiles: readonly ITile[];
  private readonly _resizes: ResizeObserver;
  private readonly _picked = new Signal<this, number>(this);
  private _part: IPart = { x: 0, y: 0, zoom: 1 };
  /** Columns of the largest slice. */
  private _wide = 0;
  private _levels: ILevels | null = null;
  private _disposed = false;
}

const TABLE = colourTable(DEFAULT_LOOK);
