/**
 * Parts of an image to pixels, by WebAssembly: a quarter of the time that
 * scripts take. Where a browser refuses it, `meansOf` and `paint` do the same.
 */
import { PAINTER } from './_generated/painter';
import type { IImage } from './image';
import { factorOf, NAN_COLOUR, paint } from './paint';
import type { ILevels } from './paint';
import { meansOf } from './region';
import type { IRegion } from './region';

/** Values that are painted in one call: they stay in the processor's cache. */
const STRIP = 1 << 16;
/** Bytes of a value, and of a pixel. */
const SIZE = 4;
const PAGE = 1 << 16;
/** What single precision has. */
const LARGEST = 3e38;
/** What the compiler may use for itself lies below. */
const BEGIN = 1024;
/** Vectors may reach so many bytes further. */
const SPARE = 16;

/** What `assembly/painter.ts` exports. */
interface IPainterExports {
  readonly memory: WebAssembly.Memory;
  paint(
    data: number,
    rows: number,
    columns: number,
    bin: number,
    sums: number,
    out: number,
    table: number,
    last: number,
    low: number,
    factor: number
  ): void;
}

class Painter {
  constructor(private readonly _exports: IPainterExports) {}

  /** As `paintRegion`. */
  paint(
    { data, columns: pitch }: Pick<IImage, 'data' | 'columns'>,
    { left, top, right, bottom, bin }: IRegion,
    first: number,
    past: number,
    out: Uint32Array,
    table: Uint32Array,
    { low, high }: ILevels
  ): void {
    const columns = right - left;
    const wide = Math.ceil(columns / bin);
    const most = Math.max(1, Math.floor(STRIP / (columns * bin)));
    const rows = Math.min(most, past - first);
    // Of fewer than a bin, where the image ends.
    const tall = Math.min(rows * bin, bottom - top);
    const atTable = BEGIN;
    const atData = after(atTable, table.length + 1);
    const atSums = after(atData, tall * columns);
    const atOut = after(atSums, columns);
    this._reserve(after(atOut, rows * wide));
    const { buffer } = this._exports.memory;
    const values = new Float32Array(buffer, atData, tall * columns);
    const pixels = new Uint32Array(buffer, atOut, rows * wide);
    const colours = new Uint32Array(buffer, atTable, table.length + 1);
    colours.set(table);
    colours[table.length] = NAN_COLOUR;
    const factor = Math.min(factorOf({ low, high }, table.length), LARGEST);
    for (let row = first; row < past; row += rows) {
      const from = top + row * bin;
      const to = Math.min(bottom, from + bin * Math.min(rows, past - row));
      if (columns === pitch) {
        values.set(data.subarray(from * pitch, to * pitch));
      } else {
        for (let y = from; y < to; y++) {
          const at = y * pitch;
          const part = data.subarray(at + left, at + right);
          values.set(part, (y - from) * columns);
        }
      }
      const { length } = table;
      this._exports.paint(
        atData,
        to - from,
        columns,
        bin,
        atSums,
        atOut,
        atTable,
        length - 1,
        low,
        factor
      );
      const made = Math.ceil((to - from) / bin) * wide;
      out.set(pixels.subarray(0, made), (row - first) * wide);
    }
  }

  private _reserve(bytes: number): void {
    const { memory } = this._exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE));
    }
  }
}

/** What this page paints with, once it was needed; null: it is refused. */
let painter: Painter | null = null;
let isStarted = false;

function start(): Painter | null {
  try {
    const bytes = Uint8Array.from(atob(PAINTER), text => text.charCodeAt(0));
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module);
    return isPainter(exports) ? new Painter(exports) : null;
  } catch {
    // Content security may forbid WebAssembly; scripts paint as well.
    return null;
  }
}

/**
 * Paint rows `first` to below `past` of what is painted of a region.
 *
 * @param out room for their pixels, little-endian RGBA
 * @param table colours from `low` to `high`; values beyond get the end colours
 */
export function paintRegion(
  image: Pick<IImage, 'data' | 'columns'>,
  region: IRegion,
  first: number,
  past: number,
  out: Uint32Array,
  table: Uint32Array,
  levels: ILevels
): void {
  if (!isStarted) {
    isStarted = true;
    painter = start();
  }
  if (painter) {
    painter.paint(image, region, first, past, out, table, levels);
  } else {
    const { left, right, bin } = region;
    const wide = Math.ceil((right - left) / bin);
    const room = new Float32Array(wide * (past - first));
    paint(meansOf(image, region, first, past, room), out, table, levels);
  }
}

/** Where what follows `count` values can begin. */
function after(at: number, count: number): number {
  return (at + count * SIZE + SPARE + 15) & ~15;
}

function isPainter(
  exports: WebAssembly.Exports
): exports is WebAssembly.Exports & IPainterExports {
  return (
    exports.memory instanceof WebAssembly.Memory &&
    typeof exports.paint === 'function'
  );
}
