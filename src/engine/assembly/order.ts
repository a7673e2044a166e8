/** Stable sort of indices by a float64 key. */

/**
 * Sort `indices` (int32[count]) by `keys[index]`, ascending; equal keys keep
 * their order. `spare` is int32[count] of scratch.
 */
export function sortIndices(
  indices: usize,
  spare: usize,
  keys: usize,
  count: i32
): void {
  let from = indices;
  let to = spare;
  for (let width = 1; width < count; width <<= 1) {
    for (let start = 0; start < count; start += width << 1) {
      const middle = min(start + width, count);
      const end = min(middle + width, count);
      let left = start;
      let right = middle;
      for (let out = start; out < end; out++) {
        let takeLeft = left < middle;
        if (takeLeft && right < end) {
          takeLeft = keyOf(keys, from, left) <= keyOf(keys, from, right);
        }
        const source = takeLeft ? left++ : right++;
        store<i32>(
          to + ((<usize>out) << 2),
          load<i32>(from + ((<usize>source) << 2))
        );
      }
    }
    const other = from;
    from = to;
    to = other;
  }
  if (from != indices) {
    memory.copy(indices, from, (<usize>count) << 2);
  }
}

function keyOf(keys: usize, indices: usize, at: i32): f64 {
  return load<f64>(
    keys + ((<usize>load<i32>(indices + ((<usize>at) << 2))) << 3)
  );
}
