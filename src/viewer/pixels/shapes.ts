/**
 * Overlays as shapes of Plotly's layout.
 */
import type { IShape } from '../plotly';
import type { IColours } from '../theme';
import { axisColumn } from './overlays';
import type { Overlay } from './overlays';
import type { ISize } from './view';

/** Shapes for overlays on an image of a size. */
export function shapesOf(
  overlays: readonly Overlay[],
  image: ISize,
  colours: IColours
): IShape[] {
  return overlays.map(overlay => shapeOf(overlay, image, colours));
}

function shapeOf(overlay: Overlay, image: ISize, colours: IColours): IShape {
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
        y0: overlay.row,
        y1: overlay.row,
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
