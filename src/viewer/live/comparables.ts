/**
 * What the image of a recipe can be compared with, beside those of other viewers.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { withAxis } from '../../axis';
import type { IRecipeSession, ITomoApi } from '../../tokens';
import type { ICompareSource } from '../compare';
import { keep } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { usedAxis } from './regions';
import { removals } from './removals';
import type { Beside } from './removals';
import type { Stage } from './wanted';

export interface IComparablesOptions {
  readonly session: IRecipeSession;
  readonly api: ITomoApi;
  readonly trans: TranslationBundle;
  readonly kernel: () => string | undefined;
  /** The image from before the last change. */
  readonly before: IImage | null;
  readonly shown: IImage | null;
  readonly stage: Stage;
  readonly beside: Beside;
  /** Purpose of the requests, of this viewer alone. */
  readonly purpose: string;
}

/** The image before the last change, and the same without one of the filters. */
export function comparables({
  session,
  api,
  trans,
  kernel,
  before,
  shown,
  stage,
  beside,
  purpose
}: IComparablesOptions): readonly ICompareSource[] {
  const { base, recipe, position, description } = session;
  const earlier = before && keep(before);
  const first = earlier
    ? [
        {
          id: 'before',
          label: trans.__('Before the last change'),
          ready: () => earlier,
          image: () => Promise.resolve(earlier)
        }
      ]
    : [];
  if (base === null || description.state !== 'ready') {
    return first;
  }
  const place = {
    base,
    // Without a filter another axis might be found, which is not the filter's doing.
    recipe: withAxis(recipe, shown ? usedAxis(shown) : null),
    position,
    stage,
    description: description.value,
    exact: true,
    kernel: kernel(),
    purpose
  };
  return [...first, ...removals(api, place, beside, trans)];
}
