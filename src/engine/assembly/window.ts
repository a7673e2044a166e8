/** The ramp and the window on it. */
import { Fft, transform, ELEMENT } from './fft';

const enum Window {
  Ramp = 0,
  Shepp = 1,
  Cosine = 2,
  Hamming = 3,
  Hann = 4
}

/** Value of a window at `part` of its cut-off, 0 to 1. */
function windowAt(code: i32, part: f64): f64 {
  const quarter = 0.5 * Math.PI * part;
  switch (code) {
    case Window.Shepp:
      return part > 0 ? Math.sin(quarter) / quarter : 1;
    case Window.Cosine:
      return Math.cos(quarter);
    case Window.Hamming:
      return 0.54 + 0.46 * Math.cos(2 * quarter);
    case Window.Hann:
      return 0.5 + 0.5 * Math.cos(2 * quarter);
    default:
      return 1;
  }
}

/**
 * Filter of the bins 0 .. length / 2, float32, into `out`; returns how many of
 * them the cut-off keeps.
 *
 * The ramp is the transform of the band-limited one in space (1/4, and
 * -1/(pi n)^2 at odd n), which keeps the mean where a sampled |frequency|
 * would lose it. Divided by the length of the transform; the first bin and
 * the last count half, because the other half-plane has them too.
 */
export function makeFilter(fft: Fft, code: i32, cutoff: f64, out: usize): i32 {
  const length = fft.length;
  const half = length >> 1;
  const work = fft.work;
  memory.fill(work, 0, <usize>length * ELEMENT);
  store<f32>(work, 0.25);
  for (let n = 1; n <= half; n += 2) {
    const value = <f32>(-1 / (Math.PI * Math.PI * <f64>n * <f64>n));
    store<f32>(work + <usize>n * ELEMENT, value);
    store<f32>(work + <usize>(length - n) * ELEMENT, value);
  }
  const ramp = transform(fft);
  let kept = 0;
  for (let k = 0; k <= half; k++) {
    const part = <f64>k / (cutoff * <f64>half);
    const inside = part <= 1;
    const twice: f64 = k == 0 || k == half ? 0.5 : 1;
    const value = inside
      ? (<f64>load<f32>(ramp + <usize>k * ELEMENT) *
          windowAt(code, part) *
          twice) /
        <f64>length
      : 0;
    store<f32>(out + ((<usize>k) << 2), <f32>value);
    kept += i32(inside);
  }
  return kept;
}
