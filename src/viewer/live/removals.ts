/**
 * What each filter of a recipe removes from the image that is shown.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { stepOf } from '../../recipe';
import type { Recipe } from '../../recipe';
import type { ITomoApi } from '../../tokens';
import type { ICompareSource } from '../compare';
import { images } from '../frames';
import type { IImage } from '../pixels/image';
import { mayBeSlow, priceOf } from '../price';
import { wantedImage } from './wanted';
import type { IPlace } from './wanted';

/** The slice of another recipe of the same row, made by this page where it can be, or by `server`. */
export type Beside = (
  recipe: Recipe,
  server: (signal: AbortSignal) => Promise<IImage>,
  signal: AbortSignal
) => Promise<IImage>;

/** The same place without one of the filters, for each that can be left out. */
export function removals(
  api: ITomoApi,
  place: IPlace,
  beside: Beside,
  trans: TranslationBundle
): ICompareSource[] {
  return removable(place).map(({ index, title }) => ({
    id: `filter ${index} ${title}`,
    label: trans.__('Without %1', title),
    removed: trans.__('What “%1” removed', title),
    ...imageWithout(api, beside, {
      ...place,
      recipe: without(place.recipe, index)
    })
  }));
}

function imageWithout(
  api: ITomoApi,
  beside: Beside,
  place: IPlace
): Pick<ICompareSource, 'image' | 'price'> {
  const wanted = wantedImage(api, place);
  const slow = place.position.mode === 'slice' && mayBeSlow(place.recipe);
  return {
    image: async signal => {
      const server = (signal: AbortSignal): Promise<IImage> =>
        wanted.fetch(signal, () => undefined);
      const kept = images.get(wanted.key);
      return (
        kept ??
        (place.position.mode === 'slice'
          ? beside(place.recipe, server, signal)
          : server(signal))
      );
    },
    ...(slow && {
      price: async signal =>
        images.get(wanted.key)
          ? 0
          : priceOf(
              api,
              place.purpose,
              place.base,
              place.recipe,
              place.kernel,
              signal
            )
    })
  };
}

/**
 * The filters that can be left out.
 *
 * Without normalisation or logarithm, the values would be of another kind; a filter that is
 * skipped for want of its region removes nothing.
 */
export function removable({
  recipe,
  position,
  stage
}: Pick<IPlace, 'recipe' | 'position' | 'stage'>): {
  index: number;
  title: string;
}[] {
  if (position.mode === 'projection' && stage === 'raw') {
    return [];
  }
  return (recipe.filters ?? []).flatMap((filter, index) => {
    const step = stepOf(filter.name);
    const shown =
      step &&
      filter.enabled !== false &&
      filter.name !== 'normalise' &&
      filter.name !== 'minus-log' &&
      (filter.name !== 'air' || recipe.regions?.air !== undefined) &&
      (position.mode !== 'projection' || step.domain === 'projection');
    return shown ? [{ index, title: step.title }] : [];
  });
}

/** A recipe without one of its filters. */
export function without(recipe: Recipe, index: number): Recipe {
  return {
    ...recipe,
    filters: (recipe.filters ?? []).filter((_, i) => i !== index)
  };
}
