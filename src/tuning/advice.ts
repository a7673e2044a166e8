/**
 * What is said of a slice in the browser as the runner says it of its own.
 */
import { isRotated, rowsOff } from '../recipe';
import adviceFile from '../recipe/advice.json';

/** Angles nearer than this part of the mean gap are one direction. */
const SAME = 1e-3;

const { angles: ANGLES, tilt: TILT } = adviceFile;
const {
  span: SPAN,
  offCentre: OFF_CENTRE,
  words: WORDS
} = adviceFile.partOfTurn;

/**
 * What to say of an axis off the middle in more than half a turn and less than
 * a full one; null when all is well. `tomo_runner/run/advice.py` says the same;
 * a fixture holds both to the same answers.
 *
 * @param angles degrees, of the projections that are used
 * @param column of the axis, in those of the sinogram
 * @param columns of the sinogram
 */
export function partOfTurn(
  angles: Float64Array,
  column: number,
  columns: number
): string | null {
  const sorted = Float64Array.from(angles).sort();
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const off = Math.abs(column - (columns - 1) / 2);
  const part = SPAN[0] < span && span < SPAN[1] && !isFullTurn(angles);
  return part && off > OFF_CENTRE * columns
    ? WORDS.replace('{span}', String(Math.round(span))).replace(
        '{off}',
        String(Math.round(off))
      )
    : null;
}

/**
 * What to say of the angles of the projections that are used.
 *
 * @param angles degrees
 * @param columns of the image
 */
export function aboutAngles(angles: Float64Array, columns: number): string[] {
  const sorted = Float64Array.from(angles).sort();
  const count = angles.length;
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const useful = (Math.PI / 2) * columns * (span > 270 ? 2 : 1);
  const said: string[] = [];
  if (span + span / Math.max(count - 1, 1) < ANGLES.least) {
    said.push(ANGLES.short.replace('{span}', span.toFixed(1)));
  }
  if (span > ANGLES.most) {
    said.push(ANGLES.long.replace('{span}', span.toFixed(1)));
  }
  if (count < useful / 2) {
    said.push(
      ANGLES.few
        .replace('{count}', String(count))
        .replace('{columns}', String(columns))
        .replace('{useful}', String(Math.round(useful)))
    );
  }
  return said;
}

/**
 * What to say of an axis that leans.
 *
 * @param tilt degrees
 * @param columns of the image
 */
export function aboutTilt(tilt: number, columns: number): string[] {
  return isRotated(tilt, columns)
    ? [TILT.words.replace('{rows}', rowsOff(tilt, columns).toFixed(1))]
    : [];
}

/** What to say when rotated projections would need so many rows more than there are. */
export function aboutRows(beyond: number): string[] {
  return beyond > TILT.beyond
    ? [TILT.outside.replace('{rows}', String(Math.round(beyond)))]
    : [];
}

/** Whether the angles go round without a gap of more than a few steps. */
function isFullTurn(angles: Float64Array): boolean {
  if (angles.length < 4) {
    return false;
  }
  const turned = angles.map(angle => ((angle % 360) + 360) % 360).sort();
  const gaps = turned
    .map((angle, index) => (turned[index + 1] ?? turned[0] + 360) - angle)
    .filter(gap => gap > (SAME * 360) / angles.length)
    .sort();
  const middle = gaps.length >> 1;
  const median =
    gaps.length % 2 ? gaps[middle] : (gaps[middle - 1] + gaps[middle]) / 2;
  return (gaps.at(-1) ?? Infinity) <= Math.max(4 * median, 1);
}
