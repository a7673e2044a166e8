/**
 * Overlays as shapes of Plotly's layout.
 */
import type { IShape } from '../plotly';
import type { IColours } from '../theme';
import { axisColumn, rowLine } from './overlays';
import type { ICrossOverlay, IProfileOverlay, Overlay } from './overlays';
import type { ISize } from './view';

/** Half the length of the strokes of a cross, in CSS pixels. */
const CROSS = 6;

/** Shapes for overlays on an image of a size. */
export function shapesOf(
  overlays: readonly Overlay[],
  image: ISize,
  colours: IColours
): IShape[] {
  return overlays.flatMap(overlay =>
    overlay.id === 'cross'
      ? cross(overlay, colours)
      : overlay.id === 'profile'
        ? profile(overlay, colours)
        : [shapeOf(overlay, image, colours)]
  );
}

/** Two strokes of the same length on the screen at any zoom. */
function cross({ x, y }: ICrossOverlay, colours: IColours): IShape[] {
  return [
    [CROSS, 0],
    [0, CROSS]
  ].map(([dx, dy]) => ({
    type: 'line',
    xref: 'x',
    yref: 'y',
    layer: 'above',
    xsizemode: 'pixel',
    ysizemode: 'pixel',
    xanchor: x,
    yanchor: y,
    x0: 0 - dx,
    x1: dx,
    y0: 0 - dy,
    y1: dy,
    line: { color: colours.axis, width: 1.5 }
  }));
}

/** A line with a grip at each end, which is as large on the screen at any zoom. */
function profile({ from, to }: IProfileOverlay, colours: IColours): IShape[] {
  const line = { color: colours.air, width: 1.5 };
  const base = { xref: 'x', yref: 'y', layer: 'above' } as const;
  return [
    { ...base, type: 'line', x0: from.x, y0: from.y, x1: to.x, y1: to.y, line },
    ...[from, to].map(({ x, y }): IShape => ({
      ...base,
      type: 'circle',
      xsizemode: 'pixel',
      ysizemode: 'pixel',
      xanchor: x,
      yanchor: y,
      x0: -4,
      x1: 4,
      y0: -4,
      y1: 4,
      line
    }))
  ];
}

function shapeOf(
  overlay: Exclude<Overlay, ICrossOverlay | IProfileOverlay>,
  image: ISize,
  colours: IColours
): IShape {
  const base = { xref: 'x', yref: 'y', layer: 'above' } as const;
  switch (overlay.id) {
    case 'axis':
      return {
        ...base,
        type: 'line',
        x0: axisColumn(overlay, -0.5),
        x1: axisColumn(overlay, image.height - 0.5),
        y0: -0.5,
        y1: image.height - 0.5,
        line: { color: colours.axis, width: 1.5 }
      };
    case 'row':
      return {
        ...base,
        type: 'line',
        x0: -0.5,
        x1: image.width - 0.5,
        y0: rowLine(overlay, -0.5),
        y1: rowLine(overlay, image.width - 0.5),
        line: { color: colours.mask, width: 1.5 }
      };
    case 'mask':
      return {
        ...base,
        type: 'circle',
        x0: overlay.x - overlay.radius,
        x1: overlay.x + overlay.radius,
        y0: overlay.y - overlay.radius,
        y1: overlay.y + overlay.radius,
        line: { color: colours.mask, width: 1, dash: 'dash' }
      };
    default: {
      const [left, top, right, bottom] = overlay.rectangle;
      return {
        ...base,
        type: 'rect',
        x0: left - 0.5,
        x1: right - 0.5,
        y0: top - 0.5,
        y1: bottom - 0.5,
        line: {
          color: overlay.id === 'roi' ? colours.roi : colours.air,
          width: 1.5
        }
      };
    }
  }
}
