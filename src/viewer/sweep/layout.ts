/**
 * How the slices of a sweep are laid out, so that they are as large as the
 * room allows, and what is left shows two of them side by side. Pure.
 */

/** Pixels between two slices. */
export const GAP = 6;
/** Pixels of name and values before the rows and above the columns of two parameters. */
export const HEADS = { left: [16, 60], top: [16, 18] } as const;
/** Narrowest slice of one parameter: its value can still be read. */
const LEAST = 84;
/** Narrowest slice of two: the value above it can still be read. */
const LEAST_OF_TWO = 64;
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
  if (down === null) {
    return laid(wrapped(across), LEAST, room, inner =>
      scrolledLines(across, inner)
    );
  }
  const grids = both(across, down);
  const beside = {
    width: room.width - sum(HEADS.left),
    height: room.height - sum(HEADS.top)
  };
  return laid(grids, LEAST_OF_TWO, beside, inner => scrolledGrid(grids, inner));
}

/** The grid in which slices are largest, or what is made of those that are not all seen. */
function laid(
  grids: readonly IGrid[],
  least: number,
  room: IRoom,
  scrolled: (room: IRoom) => ILayout
): ILayout {
  // The first of them is the plainest.
  const best = grids.reduce((one, other) =>
    fitting(other, room) > WORTH * fitting(one, room) ? other : one
  );
  const tile = Math.floor(fitting(best, room));
  return tile >= least
    ? { ...best, tile, close: closeOf(best, tile, room) }
    : scrolled({ width: room.width - BAR, height: room.height - BAR });
}

/** Room of heads, and the gaps behind them. */
function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all + size + GAP, 0);
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

/** Not all of one parameter are seen at once: the others are scrolled to. */
function scrolledLines(count: number, { width }: IRoom): ILayout {
  const abreast = Math.floor((width + GAP) / (COMFORT + GAP));
  const columns = Math.max(1, Math.min(count, abreast));
  const rows = Math.ceil(count / columns);
  const tile = Math.max(LEAST, Math.floor(share(width, columns)));
  return { columns, rows, turned: false, tile, close: null };
}

/** Of two: all columns are seen, or all rows, whichever covers more of the room. */
function scrolledGrid(grids: readonly IGrid[], room: IRoom): ILayout {
  const sized = (length: number, count: number): number =>
    Math.max(LEAST_OF_TWO, Math.min(AMPLE, Math.floor(share(length, count))));
  const options = grids.flatMap(grid => [
    { ...grid, tile: sized(room.width, grid.columns) },
    { ...grid, tile: sized(room.height, grid.rows) }
  ]);
  const covered = ({ columns, rows, tile }: (typeof options)[number]): number =>
    Math.min(room.width, columns * (tile + GAP)) *
    Math.min(room.height, rows * (tile + GAP));
  const best = options.reduce((one, other) =>
    covered(other) > WORTH * covered(one) ? other : one
  );
  return { ...best, close: closeOf(best, best.tile, room) };
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
