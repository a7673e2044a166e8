/**
 * How the slices of a sweep are laid out, so that they are as large as the
 * room allows, and what is left shows two of them side by side. Pure.
 */

/** Pixels between two slices. */
export const GAP = 6;
/** Narrowest slice: its values can still be read. */
const LEAST = 84;
/** Least width of the slices of one parameter where not all of them are seen at once. */
const COMFORT = 120;
/** Most width of those of two, so that several rows are seen. */
const AMPLE = 160;
/** Gain of size for which a grid is turned, or lines are wrapped less evenly. */
const WORTH = 1.05;
/** Height of the words above a slice that is shown once more. */
const CAPTION = 22;
/** Room for a scroll bar. */
const BAR = 16;

export interface IRoom {
  readonly width: number;
  readonly height: number;
}

interface IGrid {
  readonly columns: number;
  readonly rows: number;
  /** The first parameter runs down, and the second one across. */
  readonly turned: boolean;
}

/** Two slices beside or below the grid, as large as in it or larger. */
export interface IClose {
  readonly where: 'beside' | 'below';
  /** Width of each in pixels. */
  readonly size: number;
}

export interface ILayout extends IGrid {
  /** Width of a slice in pixels, which is its height, too. */
  readonly tile: number;
  /** Null where there is no room for it. */
  readonly close: IClose | null;
}

/**
 * @param across how many values the first parameter has
 * @param down how many the second one has; null: there is none, and lines of slices are wrapped
 */
export function layOut(
  across: number,
  down: number | null,
  room: IRoom
): ILayout {
  const grids = down === null ? wrapped(across) : both(across, down);
  // The first of them is the plainest.
  const best = grids.reduce((one, other) =>
    fitting(other, room) > WORTH * fitting(one, room) ? other : one
  );
  const tile = Math.floor(fitting(best, room));
  return tile >= LEAST
    ? { ...best, tile, close: closeOf(best, tile, room) }
    : scrolled(across, down, { ...room, width: room.width - BAR });
}

/** All ways to break a line, those that leave the fewest places empty first. */
function wrapped(count: number): IGrid[] {
  const empty = ({ columns, rows }: IGrid): number => columns * rows - count;
  return Array.from({ length: count }, (_, i) => ({
    columns: i + 1,
    rows: Math.ceil(count / (i + 1)),
    turned: false
  })).sort((a, b) => empty(a) - empty(b) || b.columns - a.columns);
}

function both(across: number, down: number): IGrid[] {
  return [
    { columns: across, rows: down, turned: false },
    { columns: down, rows: across, turned: true }
  ];
}

/** Width of the slices when all of them are seen. */
function fitting({ columns, rows }: IGrid, room: IRoom): number {
  return Math.min(share(room.width, columns), share(room.height, rows));
}

function share(length: number, count: number): number {
  return (length - GAP * (count - 1)) / count;
}

/** Not all of them are seen at once: the others are scrolled to. */
function scrolled(across: number, down: number | null, room: IRoom): ILayout {
  const abreast = (tile: number): number =>
    Math.max(1, Math.floor((room.width + GAP) / (tile + GAP)));
  if (down === null) {
    const columns = Math.min(across, abreast(COMFORT));
    const rows = Math.ceil(across / columns);
    const tile = Math.max(LEAST, Math.floor(share(room.width, columns)));
    return { columns, rows, turned: false, tile, close: null };
  }
  const most = abreast(LEAST);
  const grids = both(across, down);
  const grid = grids.find(({ columns }) => columns <= most) ?? grids[0];
  const wide = Math.floor(share(room.width, grid.columns));
  const tile = Math.max(LEAST, Math.min(AMPLE, wide));
  return { ...grid, tile, close: closeOf(grid, tile, room) };
}

/** Two slices in what the grid leaves, where they are no smaller there. */
function closeOf(
  { columns, rows }: IGrid,
  tile: number,
  { width, height }: IRoom
): IClose | null {
  const right = width - columns * (tile + GAP);
  const below = height - rows * (tile + GAP);
  const options: IClose[] = [
    {
      where: 'below',
      size: Math.min(share(width, 2), below - CAPTION)
    },
    {
      where: 'beside',
      size: Math.min(right, height / 2 - CAPTION)
    }
  ];
  const [first, second] = options;
  const best = second.size > first.size ? second : first;
  return best.size >= tile ? { ...best, size: Math.floor(best.size) } : null;
}
