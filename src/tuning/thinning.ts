/**
 * Which projections a first look is of: as even in directions as the scan.
 */

/** Degrees; angles that span more go round more than once, as the engine has it. */
const TURN = 361;

/**
 * Places of every `thin`-th projection by direction, in the order of
 * acquisition. Scans may be interlaced: by the order of acquisition, whole
 * groups of directions would be left out. Both halves of a turn count, as an
 * axis off the middle needs them.
 *
 * @param angles degrees, in the order of acquisition
 */
export function thinned(angles: Float64Array, thin: number): Uint32Array {
  // The first projection of an ordered scan stays, though its angles fall.
  const sense = (angles.at(-1) ?? 0) < angles[0] ? -1 : 1;
  const turned = angles.map(angle => sense * angle);
  const [least, most] = turned.reduce(
    ([low, high], angle) => [Math.min(low, angle), Math.max(high, angle)],
    [Infinity, -Infinity]
  );
  // The end of a turn is the last direction, and not the first once more.
  const directions =
    most - least > TURN ? turned.map(angle => (angle - least) % 360) : turned;
  const order = Uint32Array.from(angles.keys());
  // Most scans are in order, and sorting thousands takes milliseconds.
  if (directions.some((angle, i) => angle < directions[i - 1])) {
    order.sort((a, b) => directions[a] - directions[b] || a - b);
  }
  return order.filter((_, rank) => rank % thin === 0).sort();
}
