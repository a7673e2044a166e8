/**
 * The first projection that is used, and what stands half a turn from it.
 */
import type { Recipe } from '../../recipe';
import type { ITomoApi } from '../../tokens';
import { imageOf } from '../pixels/image';
import type { IImage } from '../pixels/image';

/**
 * Both, processed.
 *
 * @param purpose of the requests, of one asker alone
 * @throws ApiError when one of them cannot be had
 */
export async function oppositeImages(
  api: Pick<ITomoApi, 'projection'>,
  base: string,
  recipe: Recipe,
  purpose: string,
  signal: AbortSignal
): Promise<{ first: IImage; opposite: IImage }> {
  const { dataset } = recipe;
  const excluded = new Set(dataset?.exclude ?? []);
  let index = 0;
  while (excluded.has(index)) {
    index++;
  }
  const common = {
    base,
    recipe,
    index,
    stage: 'processed' as const,
    ...(dataset?.resource && { resource: dataset.resource })
  };
  const first = await api.projection(
    { ...common, purpose: `${purpose} 0` },
    signal
  );
  const opposite = await api.projection(
    { ...common, purpose: `${purpose} 180`, opposite: true },
    signal
  );
  return { first: imageOf(first), opposite: imageOf(opposite) };
}
