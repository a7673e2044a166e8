/**
 * What the line below an image says of it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { inWords } from '../../field-names';
import type { ViewMode } from '../../tokens';
import { element } from '../dom';
import { duration, short } from '../format';
import type { IImage } from '../pixels/image';
import { precisionMarks } from '../precision';
import { warningMarks } from '../warning-marks';
import { secondsOf, usedCentre, warningsOf } from './regions';

/** How the image came to be shown, which it does not say itself. */
export interface ICircumstances {
  /** Whether the recipe states an axis, which lies over projections then. */
  readonly hasAxis: boolean;
  /** Why the server makes slices, in a sentence; empty: it does not, or is to. */
  readonly trouble: string;
  /** Seconds that a row would be on its way, when slices are made elsewhere for that; else null. */
  readonly tooFar: number | null;
}

/** @param showAll asks for all digits */
export function infoOf(
  image: IImage,
  mode: ViewMode,
  { hasAxis, trouble, tooFar }: ICircumstances,
  trans: TranslationBundle,
  showAll: () => void
): HTMLElement[] {
  const slice = mode === 'slice';
  const hint =
    mode === 'projection' && !hasAxis
      ? [
          trans.__(
            'no axis to drag yet: find it, or state its column, under Centre of rotation in the panel'
          )
        ]
      : [];
  const facts = [...factsOf(image, mode, trans), ...hint].join(' · ');
  return [
    element('span', '', facts),
    ...precisionMarks(image, trans, showAll),
    ...warningMarks(
      [
        ...(trouble && slice ? [trouble] : []),
        ...(tooFar !== null && slice
          ? [
              trans.__(
                'The server computes slices: one row of this scan would be %1 on its way to this page.',
                duration(tooFar)
              )
            ]
          : []),
        ...warningsOf(image).map(text => inWords(text, trans))
      ],
      trans
    )
  ];
}

/** Size, angle or centre, and time of an image. */
function factsOf(
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
