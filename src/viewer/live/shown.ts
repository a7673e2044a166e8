/**
 * What an image of a recipe is of, and what it has in common with another one.
 * Pure.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Description } from '../../api';
import type { Fetched, ViewMode } from '../../tokens';
import { pixelOf } from '../compare';
import type { ISubject } from '../compare';
import type { IImage } from '../pixels/image';
import { wantedKey } from './wanted';
import type { IPlace } from './wanted';

/** What an image is of. */
export type IShownPlace = Pick<
  IPlace,
  'base' | 'recipe' | 'position' | 'stage'
>;

/** An image that is shown. */
export interface IShown {
  readonly image: IImage;
  readonly mode: ViewMode;
  /** Of the data set. */
  readonly path: string;
  /** Values of another scale: levels would be black or white all over. */
  readonly scale: string;
  /** What it is of, for a comparison. */
  readonly of: Omit<ISubject, 'unit'>;
}

export function shownOf(
  image: IImage,
  { base, recipe, position: { mode, row, frame } }: IShownPlace,
  description: Fetched<Description>
): IShown {
  const { path = '', pixelSize } = recipe.dataset ?? {};
  const told = description.state === 'ready' ? description.value : null;
  const projection = mode === 'projection';
  const pixel = pixelOf(pixelSize ?? told?.pixelSize);
  // Without columns, slices are of all of them.
  const [left, , right] = recipe.regions?.roi ?? [];
  return {
    image,
    mode,
    path,
    scale:
      mode === 'slice' ? JSON.stringify([image.about.unit, pixelSize]) : '',
    of: {
      kind: mode,
      row: projection ? null : row,
      frame: projection ? frame : null,
      pixel,
      // In half acquisition their size is another about each axis.
      middle:
        mode === 'slice'
          ? JSON.stringify([base, recipe.dataset, pixel, left, right])
          : ''
    }
  };
}

/** Whether the levels of one image fit another. */
export function isAlike(one: IShown, other: IShown | null): boolean {
  return (
    one.mode === other?.mode &&
    one.path === other.path &&
    one.scale === other.scale
  );
}

/** Unit of the values, as far as it is known. */
export function unitOf(
  { about: { unit } }: IImage,
  { position, stage }: IShownPlace,
  trans: TranslationBundle
): string {
  if (typeof unit === 'string') {
    return unit;
  }
  return position.mode === 'projection' && stage === 'raw'
    ? trans.__('counts')
    : '';
}

/** Where an image is, and what it is made with, as text. */
export function seriesOf({ recipe, position, stage }: IShownPlace): {
  readonly place: string;
  readonly made: string;
} {
  const { mode, frame, row } = position;
  return {
    place: JSON.stringify([
      recipe.dataset,
      mode,
      mode === 'projection' ? [frame, stage] : row
    ]),
    made: wantedKey('', recipe, position, stage)
  };
}
