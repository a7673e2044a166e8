/**
 * One piece of memory for whatever a stripe filter needs while it runs.
 *
 * A filter lays out its arrays by taking them one after the other: once from
 * 0, when the plan is read, to learn how much it needs; then from the memory
 * itself. So the memory never grows while a sinogram is processed.
 */

let next: usize = 0;
let first: usize = 0;

/** Lay out from here on. */
export function startAt(base: usize): void {
  first = next = base;
}

/** Bytes taken since. */
export function taken(): usize {
  return next - first;
}

/** `bytes`, 16-byte aligned, undefined; a vector may be read beyond the end. */
export function take(bytes: usize): usize {
  const pointer = next;
  next += (bytes + 31) & ~15;
  return pointer;
}
