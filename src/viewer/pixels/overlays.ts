/**
 * What lies over an image and can be taken hold of: axis, row, regions.
 */
import { rowAcross, rowThrough } from '../../recipe';
import type { IRotation, Rectangle } from '../../recipe';
import type { ISize } from './view';

/** Axis of rotation: at column `column` in row `pivot`, leaning by `tilt` degrees. */
export interface IAxisOverlay {
  readonly id: 'axis';
  readonly column: number;
  readonly pivot: number;
  readonly tilt: number;
  readonly fixed: boolean;
}

export interface IRowOverlay {
  readonly id: 'row';
  readonly row: number;
  /** Of the projections that the row is one of, where they are rotated: it leans in this one. */
  readonly rotation?: IRotation;
}

export interface IRegionOverlay {
  readonly id: 'roi' | 'air';
  readonly rectangle: Rectangle;
}

/** Circle in image coordinates; cannot be moved. */
export interface ICircleOverlay {
  readonly id: 'mask';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A small cross in a point; cannot be moved. */
export interface ICrossOverlay {
  readonly id: 'cross';
  readonly x: number;
  readonly y: number;
}

/** The line along which values are read. */
export interface IProfileOverlay {
  readonly id: 'profile';
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

export type Overlay =
  | IAxisOverlay
  | IRowOverlay
  | IRegionOverlay
  | ICircleOverlay
  | ICrossOverlay
  | IProfileOverlay;

/** What of an overlay the hand holds. */
export interface IGrab {
  readonly id: Overlay['id'];
  /** Edges that move; all four: the whole rectangle. Of a line: `left` its beginning, `right` its end. */
  readonly edges: readonly ('left' | 'top' | 'right' | 'bottom')[];
}

/**
 * [left, top, right, bottom] from two corners: re-ordered, whole pixels, inside
 * the image, at least one pixel wide and high.
 */
export function normalised(
  corners: readonly [number, number, number, number],
  image: ISize
): Rectangle {
  const span = (a: number, b: number, size: number): [number, number] => {
    const low = Math.round(Math.min(Math.max(Math.min(a, b), 0), size - 1));
    const high = Math.round(Math.min(Math.max(a, b), size));
    return [low, Math.max(high, low + 1)];
  };
  const [left, right] = span(corners[0], corners[2], image.width);
  const [top, bottom] = span(corners[1], corners[3], image.height);
  return [left, top, right, bottom];
}

/** The rectangle of pixels between two points of the image. */
export function between(
  a: { x: number; y: number },
  b: { x: number; y: number },
  image: ISize
): Rectangle {
  // Edges of pixels lie at halves.
  return normalised([a.x + 0.5, a.y + 0.5, b.x + 0.5, b.y + 0.5], image);
}

/** Column of the axis in a row. */
export function axisColumn(axis: IAxisOverlay, row: number): number {
  return (
    axis.column + (row - axis.pivot) * Math.tan((axis.tilt * Math.PI) / 180)
  );
}

/** Where the line of a row is in a column of the image. */
export function rowLine(
  { row, rotation }: IRowOverlay,
  column: number
): number {
  return rotation ? rowAcross(row, column, rotation) : row;
}

/**
 * What lies under a point; the last drawn first.
 *
 * @param reach half the width of the grip, in image pixels
 */
export function grabAt(
  overlays: readonly Overlay[],
  x: number,
  y: number,
  reach: number
): IGrab | null {
  for (let i = overlays.length - 1; i >= 0; i--) {
    const edges = edgesAt(overlays[i], x, y, reach);
    if (edges) {
      return { id: overlays[i].id, edges };
    }
  }
  return null;
}

function edgesAt(
  overlay: Overlay,
  x: number,
  y: number,
  reach: number
): IGrab['edges'] | null {
  switch (overlay.id) {
    case 'axis':
      return !overlay.fixed && Math.abs(x - axisColumn(overlay, y)) <= reach
        ? []
        : null;
    case 'row':
      return Math.abs(y - rowLine(overlay, x)) <= reach ? [] : null;
    case 'profile':
      return endsAt(overlay, x, y, reach);
    case 'mask':
    case 'cross':
      return null;
    default: {
      const [left, top, right, bottom] = overlay.rectangle.map(v => v - 0.5);
      const inX = x >= left - reach && x <= right + reach;
      const inY = y >= top - reach && y <= bottom + reach;
      if (!inX || !inY) {
        return null;
      }
      const edges: ('left' | 'top' | 'right' | 'bottom')[] = [];
      const toLeft = Math.abs(x - left);
      const toRight = Math.abs(x - right);
      const toTop = Math.abs(y - top);
      const toBottom = Math.abs(y - bottom);
      if (Math.min(toLeft, toRight) <= reach) {
        edges.push(toLeft < toRight ? 'left' : 'right');
      }
      if (Math.min(toTop, toBottom) <= reach) {
        edges.push(toTop < toBottom ? 'top' : 'bottom');
      }
      return edges.length ? edges : null;
    }
  }
}

/** Which ends of a line move with the hand; null where it is not near. */
function endsAt(
  { from, to }: IProfileOverlay,
  x: number,
  y: number,
  reach: number
): IGrab['edges'] | null {
  for (const [edge, end] of [
    ['left', from],
    ['right', to]
  ] as const) {
    if (Math.hypot(x - end.x, y - end.y) <= 1.5 * reach) {
      return [edge];
    }
  }
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const share = square ? ((x - from.x) * dx + (y - from.y) * dy) / square : 0;
  const near = Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
  return share >= 0 && share <= 1 && near <= reach ? ['left', 'right'] : null;
}

/**
 * An overlay after the hand moved by (dx, dy) image pixels from where it took
 * hold.
 */
export function dragged(
  overlay: Overlay,
  grab: IGrab,
  dx: number,
  dy: number,
  image: ISize
): Overlay {
  switch (overlay.id) {
    case 'axis':
      return {
        ...overlay,
        // 0.05 px is what the eye can tell in a slice.
        column:
          Math.round(clamp(overlay.column + dx, 0, image.width - 1) * 20) / 20
      };
    case 'row':
      return {
        ...overlay,
        row: Math.round(clamp(movedRow(overlay, dx, dy), 0, image.height - 1))
      };
    case 'profile': {
      const moved = (
        edge: 'left' | 'right',
        { x, y }: IProfileOverlay['from']
      ): IProfileOverlay['from'] =>
        grab.edges.includes(edge)
          ? {
              x: clamp(x + dx, 0, image.width - 1),
              y: clamp(y + dy, 0, image.height - 1)
            }
          : { x, y };
      return {
        ...overlay,
        from: moved('left', overlay.from),
        to: moved('right', overlay.to)
      };
    }
    case 'mask':
    case 'cross':
      return overlay;
    default: {
      const [left, top, right, bottom] = overlay.rectangle;
      const moves = (edge: IGrab['edges'][number]): boolean =>
        grab.edges.includes(edge);
      return {
        ...overlay,
        rectangle: normalised(
          [
            moves('left') ? left + dx : left,
            moves('top') ? top + dy : top,
            moves('right') ? right + dx : right,
            moves('bottom') ? bottom + dy : bottom
          ],
          image
        )
      };
    }
  }
}

/** The row whose line is where the hand has drawn that of another one. */
function movedRow(overlay: IRowOverlay, dx: number, dy: number): number {
  const { row, rotation } = overlay;
  return rotation
    ? rowThrough({ x: dx, y: rowLine(overlay, 0) + dy }, rotation)
    : row + dy;
}

/** CSS cursor for a grip. */
export function cursorOf(grab: IGrab | null): string {
  if (!grab) {
    return 'crosshair';
  }
  if (grab.id === 'profile') {
    return 'move';
  }
  const across = grab.edges.includes('left') || grab.edges.includes('right');
  const along = grab.edges.includes('top') || grab.edges.includes('bottom');
  if (across && along) {
    const falling = grab.edges.includes('left') === grab.edges.includes('top');
    return falling ? 'nwse-resize' : 'nesw-resize';
  }
  return across || grab.id === 'axis' ? 'ew-resize' : 'ns-resize';
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
