/**
 * What is to be fetched for a place in a recipe, and under which key it is kept.
 */
import type { IFrame } from '../../api';
import type { Recipe } from '../../recipe';
import type { ITomoApi, IViewPosition } from '../../tokens';
import { fetchImage } from '../frames';
import type { IWanted } from '../frames';
import type { IImage } from '../pixels/image';

export type Stage = 'raw' | 'processed';

/**
 * The image of a place. Its key holds all parts of the recipe that the image
 * depends on, and no others.
 *
 * @param base absolute folder that relative paths start from
 */
export function wantedImage(
  api: ITomoApi,
  base: string,
  recipe: Recipe,
  position: IViewPosition,
  stage: Stage
): IWanted<IImage> {
  const key = wantedKey(base, recipe, position, stage);
  const fetch = (signal: AbortSignal): Promise<IFrame> =>
    position.mode === 'projection'
      ? api.projection(
          { purpose: 'viewer', base, recipe, index: position.frame, stage },
          signal
        )
      : api.preview(
          {
            purpose: 'viewer',
            base,
            recipe,
            row: position.row,
            product: position.mode
          },
          signal
        );
  return { key, fetch: signal => fetchImage(key, () => fetch(signal)) };
}

/** The key alone. */
export function wantedKey(
  base: string,
  recipe: Recipe,
  { mode, frame, row }: IViewPosition,
  stage: Stage
): string {
  const { dataset, regions, filters, reconstruction } = recipe;
  switch (mode) {
    case 'projection':
      return stage === 'raw'
        ? JSON.stringify([base, mode, frame, stage, dataset])
        : JSON.stringify([
            base,
            mode,
            frame,
            stage,
            dataset,
            regions?.air,
            filters
          ]);
    case 'sinogram':
      return JSON.stringify([base, mode, row, dataset, regions, filters]);
    case 'slice':
      return JSON.stringify([
        base,
        mode,
        row,
        dataset,
        regions,
        filters,
        reconstruction
      ]);
  }
}
