import type { IAxis } from '../../axis';
import type { Recipe } from '../../recipe';
import {
  changeOf,
  overlaysOf,
  secondsOf,
  usedAxis,
  usedPivot,
  usedCentre
} from '../live/regions';
import { wantedKey } from '../live/wanted';
import type { Overlay } from '../pixels/overlays';
import {
  axisColumn,
  between,
  cursorOf,
  dragged,
  grabAt,
  normalised
} from '../pixels/overlays';
import { shapesOf } from '../pixels/shapes';

const size = { width: 835, height: 128 };
const roi: Overlay = { id: 'roi', rectangle: [100, 10, 700, 118] };
const axis: Overlay = {
  id: 'axis',
  column: 399.45,
  pivot: 0,
  tilt: 0,
  fixed: false
};

describe('rectangles', () => {
  it('are re-ordered, rounded and kept inside', () => {
    expect(normalised([700.4, 200, -3, 10.6], size)).toEqual([0, 11, 700, 128]);
  });

  it('are at least a pixel large', () => {
    expect(normalised([5, 5, 5, 5], size)).toEqual([5, 5, 6, 6]);
    expect(normalised([900, 900, 900, 900], size)).toEqual([
      834, 127, 835, 128
    ]);
  });

  it('take edges of pixels from points', () => {
    expect(between({ x: 19.5, y: 99.5 }, { x: -0.5, y: 3.6 }, size)).toEqual([
      0, 4, 20, 100
    ]);
  });
});

describe('grips', () => {
  it('are at edges and corners', () => {
    expect(grabAt([roi], 99.5, 60, 4)).toEqual({ id: 'roi', edges: ['left'] });
    expect(grabAt([roi], 701, 119, 4)).toEqual({
      id: 'roi',
      edges: ['right', 'bottom']
    });
    expect(grabAt([roi], 400, 60, 4)).toBeNull();
  });

  it('prefer what is drawn last', () => {
    expect(grabAt([axis, { id: 'row', row: 64 }], 400, 64, 4)?.id).toBe('row');
  });

  it('have cursors', () => {
    expect(cursorOf(grabAt([roi], 100, 10, 2))).toBe('nwse-resize');
    expect(cursorOf(grabAt([roi], 700, 10, 2))).toBe('nesw-resize');
    expect(cursorOf(grabAt([axis], 399, 10, 2))).toBe('ew-resize');
    expect(cursorOf(null)).toBe('crosshair');
  });
});

describe('dragging', () => {
  it('moves an edge beyond the other one', () => {
    const moved = dragged(roi, { id: 'roi', edges: ['left'] }, 650, 5, size);
    expect(moved).toEqual({ id: 'roi', rectangle: [700, 10, 750, 118] });
  });

  it('moves the axis in steps of 0.05 and the row in whole ones', () => {
    expect(
      dragged(axis, { id: 'axis', edges: [] }, 1.234, 50, size)
    ).toMatchObject({
      column: 400.7
    });
    expect(
      dragged({ id: 'row', row: 64 }, { id: 'row', edges: [] }, 9, 500, size)
    ).toEqual({
      id: 'row',
      row: 127
    });
  });

  it('of a leaning row moves its line to where the hand is', () => {
    const rotation = { degrees: 2, rows: 128, columns: 835 };
    const row: Overlay = { id: 'row', row: 40, rotation };
    // The middle of the image is where it has about its own row.
    expect(grabAt([row], 417, 40, 0.1)?.id).toBe('row');
    expect(grabAt([row], 0, 40, 4)).toBeNull();
    expect(grabAt([row], 0, 54.5, 0.1)?.id).toBe('row');
    const grab = { id: 'row', edges: [] } as const;
    expect(dragged(row, grab, 0, 0, size)).toEqual(row);
    // Along the line nothing changes; across it does.
    const down = Math.tan((2 * Math.PI) / 180) * 300;
    expect(dragged(row, grab, 300, -down, size)).toEqual(row);
    expect(dragged(row, grab, 300, 20 - down, size)).toMatchObject({ row: 60 });
  });

  it('knows the leaning axis', () => {
    const leaning = { ...axis, pivot: 64, tilt: 1 } as const;
    expect(axisColumn(leaning, 164)).toBeCloseTo(399.45 + 1.74551, 4);
    expect(grabAt([leaning], 401.2, 164, 0.1)?.id).toBe('axis');
  });
});

describe('the recipe and its overlays', () => {
  const recipe: Recipe = {
    version: 1,
    dataset: { path: 'x' },
    regions: {
      roi: [100, 10, 700, 118],
      air: [12, 4, 96, 124],
      centre: { column: 399.45 }
    },
    reconstruction: { mask: 0.5 }
  };
  const image = {
    data: new Float32Array(1),
    rows: 600,
    columns: 600,
    about: {
      centre: { column: 399.4, row: 0, tilt: 0 },
      seconds: { a: 0.25, b: 0.5 }
    }
  };
  const at = (mode: 'projection' | 'sinogram' | 'slice') => ({
    mode,
    frame: 3,
    row: 64
  });

  it('show in a projection row, axis and regions', () => {
    expect(
      overlaysOf(recipe, at('projection'), image).map(one => one.id)
    ).toEqual(['row', 'axis', 'air', 'roi']);
  });

  it('show the used axis in the columns of the sinogram', () => {
    const part = { ...image, left: 100 };
    expect(overlaysOf(recipe, at('sinogram'), part)).toEqual([
      { id: 'axis', column: 399.4 - 100, pivot: 0, tilt: 0, fixed: true }
    ]);
  });

  it('show it upright where projections were rotated, and leaning over those', () => {
    const leaning = { column: 402.1, row: 5, tilt: 2, stands: 399.4 };
    const part = { ...image, left: 100, about: { centre: leaning } };
    expect(overlaysOf(recipe, at('sinogram'), part)).toEqual([
      { id: 'axis', column: 399.4 - 100, pivot: 0, tilt: 0, fixed: true }
    ]);
    const given = { regions: { centre: { column: 400, row: 5, tilt: 2 } } };
    expect(
      overlaysOf({ ...recipe, ...given }, at('projection'), image)
    ).toContainEqual({
      ...{ id: 'axis', column: 400, pivot: 5, tilt: 2, fixed: false }
    });
    expect(usedCentre(part)).toBe(402.1);
  });

  it('show the row leaning where projections are rotated, and level elsewhere', () => {
    const leaning = (tilt: number, column?: number): Recipe => ({
      ...recipe,
      regions: { centre: { row: 5, tilt, ...(column && { column }) } }
    });
    const row = (of: Recipe, found?: IAxis): Overlay | undefined =>
      overlaysOf(of, at('projection'), image, found).find(
        ({ id }) => id === 'row'
      );
    const rotation = { degrees: 2, rows: 600, columns: 600 };
    expect(row(leaning(2, 400))).toEqual({ id: 'row', row: 64, rotation });
    // Less than half a row at the edge.
    expect(row(leaning(0.09, 400))).toEqual({ id: 'row', row: 64 });
    // Without a column the tilt of the recipe counts for nothing: the run finds both.
    expect(row(leaning(2))).toEqual({ id: 'row', row: 64 });
    const found = { column: 399, row: 60, tilt: 2 };
    expect(row(leaning(0), found)).toEqual({ id: 'row', row: 64, rotation });
    expect(row(leaning(0, 400), found)).toEqual({ id: 'row', row: 64 });
  });

  it('show the axis and the mask in the slice', () => {
    expect(overlaysOf(recipe, at('slice'), image)).toEqual([
      { id: 'cross', x: 299.5, y: 299.5 },
      { id: 'mask', x: 299.5, y: 299.5, radius: 150 }
    ]);
    expect(
      overlaysOf({ ...recipe, reconstruction: { mask: 0 } }, at('slice'), image)
    ).toEqual([{ id: 'cross', x: 299.5, y: 299.5 }]);
  });

  it('become edits', () => {
    expect(changeOf(roi)).toEqual({
      path: ['regions', 'roi'],
      value: [100, 10, 700, 118]
    });
    expect(changeOf(axis)).toEqual({
      path: ['regions', 'centre', 'column'],
      value: 399.45
    });
    expect(changeOf({ ...axis, fixed: true })).toBeNull();
    expect(changeOf({ id: 'row', row: 5 })).toBeNull();
    expect(changeOf({ id: 'cross', x: 5, y: 5 })).toBeNull();
  });

  it('read what the runner says', () => {
    expect(usedCentre(image)).toBe(399.4);
    expect(secondsOf(image)).toBe(0.75);
    expect(usedCentre({ ...image, about: { centre: 'x' } })).toBeNull();
    const centre = { column: 7, row: 0, tilt: 0.5 };
    // The column is that of the shown row, and not of the axis' own.
    expect(usedAxis({ ...image, about: { centre, row: 60 } })).toEqual({
      column: 7,
      row: 60,
      tilt: 0.5
    });
    expect(usedAxis({ ...image, about: { centre } })).toBeNull();
    expect(usedPivot({ ...image, about: { centre, row: 60 } })).toBe(0);
    expect(usedPivot({ ...image, about: {} })).toBeNull();
  });

  it('are drawn at the edges of pixels', () => {
    const colours = {
      text: '',
      muted: '',
      line: '',
      background: '',
      accent: '',
      accentFill: '',
      axis: 'red',
      roi: 'green',
      air: 'yellow',
      mask: 'blue',
      bars: '',
      font: ''
    };
    expect(shapesOf([roi, axis], size, colours)).toMatchObject([
      {
        type: 'rect',
        x0: 99.5,
        y0: 9.5,
        x1: 699.5,
        y1: 117.5,
        line: { color: 'green' }
      },
      {
        type: 'line',
        x0: 399.45,
        x1: 399.45,
        y0: -0.5,
        y1: 127.5,
        line: { color: 'red' }
      }
    ]);
    const rotation = { degrees: 2, rows: 128, columns: 835 };
    const [line] = shapesOf([{ id: 'row', row: 64, rotation }], size, colours);
    expect(line).toMatchObject({ x0: -0.5, x1: 834.5 });
    expect(Number(line.y0) - Number(line.y1)).toBeCloseTo(29.159, 3);
    expect((Number(line.y0) + Number(line.y1)) / 2).toBeCloseTo(64, 3);
    // A cross has one size on the screen, about its place in the image.
    const cross = { id: 'cross', x: 299.5, y: 80 } as const;
    expect(shapesOf([cross], size, colours)).toMatchObject([
      { xanchor: 299.5, yanchor: 80, x0: -6, x1: 6, y0: 0, y1: 0 },
      { xanchor: 299.5, yanchor: 80, x0: 0, x1: 0, y0: -6, y1: 6 }
    ]);
    expect(grabAt([cross], 299.5, 80, 4)).toBeNull();
  });

  it('fetch again only what depends on an edit', () => {
    const key = (
      changed: Partial<Recipe>,
      mode: 'projection' | 'sinogram' | 'slice',
      stage: 'raw' | 'processed' = 'raw'
    ) => wantedKey('/b', { ...recipe, ...changed }, at(mode), stage);
    const moved = { regions: { ...recipe.regions, centre: { column: 1 } } };
    expect(key(moved, 'projection')).toBe(key({}, 'projection'));
    expect(key(moved, 'slice')).not.toBe(key({}, 'slice'));
    const masked = { reconstruction: { mask: 1 } };
    expect(key(masked, 'sinogram')).toBe(key({}, 'sinogram'));
    expect(key(masked, 'slice')).not.toBe(key({}, 'slice'));
    const filtered = { filters: [] };
    expect(key(filtered, 'projection')).toBe(key({}, 'projection'));
    expect(key(filtered, 'projection', 'processed')).not.toBe(
      key({}, 'projection', 'processed')
    );
  });

  it('fetch again what another kernel would make otherwise', () => {
    const key = (
      changed: object,
      mode: 'projection' | 'sinogram' | 'slice',
      kernel: string
    ) => wantedKey('/b', { ...recipe, ...changed }, at(mode), 'raw', kernel);
    const same = (
      changed: object,
      mode: 'projection' | 'sinogram' | 'slice'
    ): boolean => key(changed, mode, 'one') === key(changed, mode, 'two');
    const vo = { regions: { centre: { method: 'tomopy-vo' } } };
    const tomopy = { reconstruction: { tool: 'tomopy' } };
    expect(same({}, 'slice')).toBe(true);
    expect(same(tomopy, 'sinogram')).toBe(true);
    expect(same(tomopy, 'slice')).toBe(false);
    expect(same(vo, 'projection')).toBe(true);
    expect(same(vo, 'sinogram')).toBe(false);
    expect(same(vo, 'slice')).toBe(false);
  });
});
