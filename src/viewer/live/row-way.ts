/**
 * How a row of attenuation comes to the page: once, and from then on every
 * slice of it is made here.
 */
import type { Description } from '../../api';
import type { Recipe } from '../../recipe';
import { links } from '../frames';

/** Seconds that a row may be on its way before a coarse slice of the agent's is shown meanwhile. */
const SOON = 1;
/** Seconds beyond which it is not fetched: the agent's slices come sooner than anybody waits. */
const MOST = 30;

/** Seconds that a row will be on its way; 0 while nothing is known of this server's link. */
export function transferSeconds(
  { frames, columns }: Description,
  { dataset, regions }: Recipe
): number {
  const [left, , right] = regions?.roi ?? [0, 0, columns];
  return links.seconds(dataset?.resource ?? '', 4 * frames * (right - left));
}

/** Whether something is to be seen before a row comes. */
export function comesLate(seconds: number): boolean {
  return seconds > SOON;
}

/** Whether it is worth its way. */
export function isWorth(seconds: number): boolean {
  return seconds <= MOST;
}
