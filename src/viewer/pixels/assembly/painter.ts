/**
 * Values to pixels, four at a time. The host lays out the memory, see
 * `../painter.ts`; nothing is kept from one call to the next.
 */

/** Bytes of a value, and of a pixel. */
const VALUE: usize = 4;
/** Values in a vector. */
const LANES: i32 = 4;

/**
 * Paint rows of values, or means of `bin` x `bin` of them: of fewer at the far edges.
 *
 * @param data float32[rows][columns]
 * @param sums float32[columns + 4], to work in
 * @param out RGBA[rows / bin][columns / bin], both rounded up; up to three pixels more are written
 * @param table RGBA[last + 2]: from `low` on, and that of what is not a number
 * @param low value that gets the first colour
 * @param factor colours for a difference of one
 */
export function paint(
  data: usize,
  rows: i32,
  columns: i32,
  bin: i32,
  sums: usize,
  out: usize,
  table: usize,
  last: i32,
  low: f32,
  factor: f32
): void {
  const wide = (columns + bin - 1) / bin;
  const pitch = <usize>columns * VALUE;
  for (let top = 0; top < rows; top += bin) {
    const row = data + <usize>top * pitch;
    if (bin == 1) {
      colour(row, wide, out, table, last, low, factor);
    } else {
      const high = min(bin, rows - top);
      addRows(row, high, columns, sums);
      average(sums, columns, bin, high);
      colour(sums, wide, out, table, last, low, factor);
    }
    out += <usize>wide * VALUE;
  }
}

/** The sum of `high` rows; vectors may reach into what follows them. */
function addRows(row: usize, high: i32, columns: i32, sums: usize): void {
  const pitch = <usize>columns * VALUE;
  for (let x = 0; x < columns; x += LANES) {
    let at = row + <usize>x * VALUE;
    let sum = v128.load(at);
    for (let y = 1; y < high; y++) {
      at += pitch;
      sum = f32x4.add(sum, v128.load(at));
    }
    v128.store(sums + <usize>x * VALUE, sum);
  }
}

/** Means of `bin` neighbouring sums of `high` rows, in their place. */
function average(sums: usize, columns: i32, bin: i32, high: i32): void {
  let out = sums;
  let at = sums;
  const part: f32 = 1 / <f32>(bin * high);
  const end = sums + <usize>columns * VALUE;
  const wide = <usize>bin * VALUE;
  for (let next = at + wide; next <= end; next += wide) {
    let sum: f32 = 0;
    for (; at < next; at += VALUE) {
      sum += load<f32>(at);
    }
    store<f32>(out, sum * part);
    out += VALUE;
  }
  if (at < end) {
    const rest: f32 = <f32>((end - at) / VALUE) * <f32>high;
    let sum: f32 = 0;
    for (; at < end; at += VALUE) {
      sum += load<f32>(at);
    }
    store<f32>(out, sum / rest);
  }
}

/** Colours of `count` values; values beyond get the end colours. */
function colour(
  values: usize,
  count: i32,
  out: usize,
  table: usize,
  last: i32,
  low: f32,
  factor: f32
): void {
  const lows = f32x4.splat(low);
  const factors = f32x4.splat(factor);
  const none = i32x4.splat((last + 1) << 2);
  const least = f32x4.splat(0);
  const most = f32x4.splat(<f32>last);
  const end = values + <usize>count * VALUE;
  for (; values < end; values += 16, out += 16) {
    const place = f32x4.mul(f32x4.sub(v128.load(values), lows), factors);
    const inside = f32x4.min(f32x4.max(place, least), most);
    const known = i32x4.shl(i32x4.trunc_sat_f32x4_s(inside), 2);
    const at = v128.bitselect(known, none, f32x4.eq(place, place));
    store<u32>(out, load<u32>(table + <usize>i32x4.extract_lane(at, 0)));
    store<u32>(out, load<u32>(table + <usize>i32x4.extract_lane(at, 1)), 4);
    store<u32>(out, load<u32>(table + <usize>i32x4.extract_lane(at, 2)), 8);
    store<u32>(out, load<u32>(table + <usize>i32x4.extract_lane(at, 3)), 12);
  }
}
