/** The Kaiser-Bessel kernel with which samples are put on the grid. */

/** Grid points that a sample reaches in each direction. */
export const WIDTH = 4;
/** Entries of the table between two grid points: a power of two. */
export const STEP_BITS = 9;
export const STEPS = 1 << STEP_BITS;

/** Shape for an image of `size` on a grid of `grid` (Beatty, Nishimura and Pauly 2005). */
export function kernelShape(grid: f64, size: f64): f64 {
  const ratio = grid / size;
  const reach = (<f64>WIDTH / ratio) * (ratio - 0.5);
  return Math.PI * Math.sqrt(max<f64>(reach * reach - 0.8, 1));
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function besselI0(x: f64): f64 {
  const square = 0.25 * x * x;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let k: f64 = 1; term > 1e-17 * sum; k++) {
    term *= square / (k * k);
    sum += term;
  }
  return sum;
}

/**
 * Weights of the four grid points around a sample, float32[STEPS][4]: the
 * sample is entry / STEPS beyond the second of them.
 */
export function makeTable(out: usize, shape: f64): void {
  for (let entry = 0; entry < STEPS; entry++) {
    for (let tap = 0; tap < WIDTH; tap++) {
      const distance = <f64>(tap - 1) - <f64>entry / <f64>STEPS;
      const relative = (2 * distance) / <f64>WIDTH;
      const inside = 1 - relative * relative;
      const value =
        inside > 0 ? besselI0(shape * Math.sqrt(inside)) : inside == 0 ? 1 : 0;
      store<f32>(out + ((<usize>(entry * WIDTH + tap)) << 2), <f32>value);
    }
  }
}

/** Transform of the kernel at pixel `x` from the middle of an image on a grid of `grid`. */
export function kernelTransform(x: f64, grid: f64, shape: f64): f64 {
  const phase = (Math.PI * <f64>WIDTH * x) / grid;
  const square = shape * shape - phase * phase;
  if (square > 1e-12) {
    const z = Math.sqrt(square);
    return (<f64>WIDTH * (Math.exp(z) - Math.exp(-z))) / (2 * z);
  }
  if (square < -1e-12) {
    const z = Math.sqrt(-square);
    return (<f64>WIDTH * Math.sin(z)) / z;
  }
  return <f64>WIDTH;
}
