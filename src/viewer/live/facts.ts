/**
 * What the line below an image says of it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ViewMode } from '../../tokens';
import { duration, short } from '../format';
import type { IImage } from '../pixels/image';
import { secondsOf, usedCentre } from './regions';

/** Size, angle or centre, and time of an image. */
export function factsOf(
  image: IImage,
  mode: ViewMode,
  trans: TranslationBundle
): string[] {
  const facts = [`${image.columns} × ${image.rows}`];
  const centre = usedCentre(image);
  const seconds = secondsOf(image);
  const { angle } = image.about;
  if (mode === 'projection' && typeof angle === 'number') {
    facts.push(`${short(angle, 5)}°`);
  }
  if (centre !== null) {
    facts.push(trans.__('centre %1', short(centre, 6)));
  }
  const { used, of } = usedProjections(image);
  if (used < of) {
    facts.push(trans.__('%1 of %2 projections', used, of));
  }
  if (seconds) {
    facts.push(duration(seconds));
  }
  return facts;
}

/** How many projections a slice was made of, and of how many. */
function usedProjections({ about }: IImage): { used: number; of: number } {
  const { used, of }: { used?: unknown; of?: unknown } = {
    ...(typeof about.projections === 'object' ? about.projections : {})
  };
  return typeof used === 'number' && typeof of === 'number'
    ? { used, of }
    : { used: 0, of: 0 };
}
