/** Which rows the files of a result hold, by their names. */

/** For `grep -E`: files of slices. */
export const SLICES = '^(slice_[0-9]{5,}\\.tif|slab_[0-9]{5,}_[0-9]{5,}\\.h5)$';

/** Shows all slabs of an HDF5 result as one array; of some of them it would show zeros. */
export const VOLUME = 'volume.h5';

/** First row and one past the last; null for a file without slices. */
export function rowsOf(name: string): readonly [number, number] | null {
  const slice = /^slice_(\d{5,})\.tif$/.exec(name);
  if (slice) {
    return [Number(slice[1]), Number(slice[1]) + 1];
  }
  const slab = /^slab_(\d{5,})_(\d{5,})\.h5$/.exec(name);
  return slab ? [Number(slab[1]), Number(slab[2]) + 1] : null;
}

/** All rows of some files. */
export function rowsIn(names: readonly string[]): ReadonlySet<number> {
  const rows = new Set<number>();
  for (const name of names) {
    const [first, last] = rowsOf(name) ?? [0, 0];
    for (let row = first; row < last; row++) {
      rows.add(row);
    }
  }
  return rows;
}
