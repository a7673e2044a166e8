/** Stable radix sort of floats: keys of 32 bits, each with what it belongs to. */

const DIGITS = 256;
/** Bytes of the counts of all digits. */
export const HISTOGRAM: usize = 4 * DIGITS * 4;

/** Floats as unsigned integers of the same order. */
@inline
export function orderedBits(value: f32): u32 {
  // Adding zero makes -0 and 0 equal, as they are for a comparison.
  const bits = reinterpret<u32>(value + 0);
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

@inline
export function fromOrderedBits(bits: u32): f32 {
  return reinterpret<f32>(bits ^ (~(<u32>(<i32>bits >> 31)) | 0x80000000));
}

/** Before the first key. */
@inline
export function startKeys(histogram: usize): void {
  memory.fill(histogram, 0, HISTOGRAM);
}

/** Key number `index`, which belongs to `index`. */
@inline
export function putKey(keys: usize, index: i32, value: f32, histogram: usize): void {
  const key = orderedBits(value);
  store<u64>(keys + (<usize>index << 3), (<u64>key << 32) | <u64>index);
  countDigit(histogram, key & 255);
  countDigit(histogram, 256 + ((key >> 8) & 255));
  countDigit(histogram, 512 + ((key >> 16) & 255));
  countDigit(histogram, 768 + (key >> 24));
}

@inline
function countDigit(histogram: usize, at: u32): void {
  const place = histogram + (<usize>at << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** Sort `number` keys, all of which were put; returns where they are then: `keys` or `spare`, uint64[number] both. */
export function sortKeys(keys: usize, spare: usize, number: i32, histogram: usize): usize {
  let from = keys;
  let to = spare;
  for (let digit = 0; digit < 4; digit++) {
    if (scatterDigit(from, to, digit, number, histogram)) {
      const other = from;
      from = to;
      to = other;
    }
  }
  return from;
}

/** One pass; false when all values share the digit, and nothing needs to move. */
function scatterDigit(from: usize, to: usize, digit: i32, number: i32, histogram: usize): bool {
  const counts = histogram + <usize>(digit * DIGITS * 4);
  const shift = <u64>(32 + 8 * digit);
  const some = load<u32>(counts + (<usize>((load<u64>(from) >> shift) & 255) << 2));
  if (some == <u32>number) {
    return false;
  }
  let place: u32 = 0;
  for (let value: usize = 0; value < <usize>DIGITS * 4; value += 4) {
    const many = load<u32>(counts + value);
    store<u32>(counts + value, place);
    place += many;
  }
  for (let i = 0; i < number; i++) {
    const entry = load<u64>(from + (<usize>i << 3));
    const slot = counts + (<usize>((entry >> shift) & 255) << 2);
    const target = load<u32>(slot);
    store<u32>(slot, target + 1);
    store<u64>(to + (<usize>target << 3), entry);
  }
  return true;
}
