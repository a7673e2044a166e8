/** What two engines exchange: pieces of the rows of an array in the memory of each. */
import { EngineError } from './failure';

/** What one of two engines has and the other needs before it goes on; it is there until then. */
export interface IGiven {
  readonly length: number;
  /** Copy it, all rows one after the other, into an array of this length. */
  readonly copyTo: (target: Float32Array) => void;
}

/** Pieces of rows: `columns` values each, `stride` bytes from one to the next. */
export interface IPieces {
  readonly memory: WebAssembly.Memory;
  readonly pointer: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** The pieces, to be given. */
export function given(pieces: IPieces): IGiven {
  const { rows, columns } = pieces;
  return {
    length: rows * columns,
    copyTo: target => {
      checkShape(target, rows, columns);
      for (let row = 0; row < rows; row++) {
        target.set(viewOf(pieces, row), row * columns);
      }
    }
  };
}

/** What was given, to where the pieces are. */
export function take(pieces: IPieces, data: Float32Array): void {
  const { rows, columns } = pieces;
  checkShape(data, rows, columns);
  for (let row = 0; row < rows; row++) {
    viewOf(pieces, row).set(data.subarray(row * columns, (row + 1) * columns));
  }
}

/** @throws EngineError when there are not as many values as pixels */
export function checkShape(
  data: Float32Array,
  rows: number,
  columns: number
): void {
  if (data.length !== rows * columns) {
    throw new EngineError(
      'engine-shape',
      `There are ${data.length} values for ${rows} x ${columns} pixels.`,
      '',
      'Report this.'
    );
  }
}

/** Anew for each use: memory that grows leaves views behind. */
function viewOf(pieces: IPieces, row: number): Float32Array {
  const { memory, pointer, columns, stride } = pieces;
  return new Float32Array(
    memory.buffer,
    (pointer >>> 0) + row * stride,
    columns
  );
}
