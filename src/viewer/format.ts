/**
 * Numbers as they are read.
 */

/** A value with `digits` significant digits, in the shortest form. */
export function short(value: number, digits: number = 4): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  }
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e6)
      ? value.toExponential(digits - 1)
      : String(Number(value.toPrecision(digits)));
  return text.replace('-', '−').replace('e−', 'e-');
}

/** A number from what someone typed, or null. */
export function typed(text: string): number | null {
  const value = Number(text.trim().replace('−', '-').replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) ? value : null;
}

/** Seconds as "34 ms" or "1.2 s". */
export function duration(seconds: number): string {
  return seconds < 1
    ? `${Math.max(1, Math.round(seconds * 1000))} ms`
    : `${short(seconds, 2)} s`;
}
