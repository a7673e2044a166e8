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

/**
 * The same place without one of the filters, for each that can be left out.
 *
 * @param here the slice of another recipe where this page can make it
 */
export function removals(
  api: ITomoApi,
  place: IPlace,
  here: (recipe: Recipe) => Promise<IImage | null>,
  trans: TranslationBundle
): ICompareSource[] {
  return removable(place).map(({ index, title }) => ({
    id: `filter ${index} ${title}`,
    label: trans.__('Without %1', title),
    removed: trans.__('What “%1” removed', title),
    ...imageWithout(api, here, {
      ...place,
      recipe: without(place.recipe, index)
    })
  }));
}

function imageWithout(
  api: ITomoApi,
  here: (recipe: Recipe) => Promise<IImage | null>,
  place: IPlace
): Pick<ICompareSource, 'image' | 'price'> {
  const wanted = wantedImage(api, place);
  const slow = place.position.mode === 'slice' && mayBeSlow(place.recipe);
  return {
    image: async signal =>
      images.get(wanted.key) ??
      (await here(place.recipe)) ??
      wanted.fetch(signal, () => undefined),
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

/** Without normalisation or logarithm, the values would be of another kind. */
function removable({ recipe, position, stage }: IPlace): {
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
