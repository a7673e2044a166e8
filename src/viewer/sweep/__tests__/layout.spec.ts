import { GAP, layOut } from '../layout';
import type { ILayout, IRoom } from '../layout';

/** Share of the room that the slices cover, those that are shown once more included. */
function covered(
  { tile, close }: ILayout,
  count: number,
  { width, height }: IRoom
): number {
  const area = count * tile ** 2 + 2 * (close?.size ?? 0) ** 2;
  return area / (width * height);
}

const WIDE = { width: 1150, height: 700 };
const NARROW = { width: 464, height: 620 };
const TALL = { width: 600, height: 1300 };

it.each([
  ['a wide stage', WIDE, 9, 3, { columns: 9, rows: 3, turned: false }],
  ['a tall stage', TALL, 9, 3, { columns: 3, rows: 9, turned: true }],
  ['a wide stage', WIDE, 9, null, { columns: 3, rows: 3 }],
  ['a flat stage', { width: 1150, height: 300 }, 9, null, { columns: 5 }],
  ['a tall stage', TALL, 9, null, { columns: 2, rows: 5 }],
  ['a narrow stage', NARROW, 9, null, { columns: 3, rows: 3 }]
])('in %s, %#: the most is made of the room', (_, room, across, down, grid) => {
  const layout = layOut(across, down, room);
  expect(layout).toMatchObject(grid);
  // All of it is seen.
  const { columns, rows, tile } = layout;
  expect(columns * (tile + GAP) - GAP).toBeLessThanOrEqual(room.width);
  expect(rows * (tile + GAP) - GAP).toBeLessThanOrEqual(room.height);
  expect(columns * rows).toBeGreaterThanOrEqual(across * (down ?? 1));
  expect(covered(layout, across * (down ?? 1), room)).toBeGreaterThan(0.55);
});

it('shows two slices larger where a grid leaves much', () => {
  expect(layOut(9, 3, WIDE).close).toEqual({ where: 'below', size: 278 });
  expect(layOut(9, 3, { width: 700, height: 300 }).close).toBeNull();
  const { close, columns, tile } = layOut(4, 4, WIDE);
  expect(close).toMatchObject({ where: 'beside' });
  expect(columns * (tile + GAP) + (close?.size ?? 0)).toBeLessThanOrEqual(
    WIDE.width
  );
});

it('keeps slices wide enough for their words, and scrolls', () => {
  // Three columns fit beside each other, nine do not.
  expect(layOut(9, 3, NARROW)).toMatchObject({
    columns: 3,
    rows: 9,
    turned: true,
    tile: 116
  });
  // Neither fits.
  expect(layOut(9, 9, NARROW)).toMatchObject({
    columns: 9,
    rows: 9,
    turned: false,
    tile: 64
  });
  // More is seen of the room when it is scrolled across.
  expect(layOut(9, 3, { width: 700, height: 300 })).toMatchObject({
    columns: 9,
    rows: 3,
    turned: false,
    tile: 75
  });
  expect(layOut(25, null, { width: 464, height: 300 })).toMatchObject({
    columns: 3,
    rows: 9,
    tile: 145
  });
  expect(layOut(9, null, { width: 90, height: 300 })).toMatchObject({
    columns: 1,
    rows: 9,
    tile: 84
  });
});

it('breaks lines evenly where that costs next to nothing', () => {
  expect(layOut(8, null, WIDE)).toMatchObject({ columns: 4, rows: 2 });
  expect(layOut(1, null, WIDE)).toMatchObject({ columns: 1, rows: 1 });
  expect(layOut(2, null, TALL)).toMatchObject({ columns: 1, rows: 2 });
});
