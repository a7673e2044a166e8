/**
 * What is to be fetched for a place in a recipe, and under which key it is kept.
 */
import type { Description, IFrame } from '../../api';
import { kernelFor } from '../../recipe';
import type { Recipe } from '../../recipe';
import type { ITomoApi, IViewPosition } from '../../tokens';
import { fetchGlance, fetchImage } from '../frames';
import type { IImageRequest, ISent, IWanted } from '../frames';
import type { IImage } from '../pixels/image';

export type Stage = 'raw' | 'processed';

/** A place in a data set, as it is looked at. */
export interface IPlace {
  /** Absolute folder that relative paths start from. */
  readonly base: string;
  readonly recipe: Recipe;
  readonly position: IViewPosition;
  readonly stage: Stage;
  readonly description: Description;
  /** All digits, however long they take. */
  readonly exact: boolean;
  /** Who asks: a newer request for the same purpose ends an older one. */
  readonly purpose: string;
  /** Kernel whose Python has tools; the server's own when left out. */
  readonly kernel?: string;
}

/** An image that is wanted, and of which place it is. */
export interface IWantedImage extends IWanted<IImage> {
  readonly place: IPlace;
  /** It is coarse, and the row of which the whole is made follows. */
  readonly glance?: boolean;
}

/**
 * The image of a place. Its key holds all parts of the recipe that the image
 * depends on, and no others.
 */
export function wantedImage(api: ITomoApi, place: IPlace): IWantedImage {
  const request = requestOf(api, place);
  return {
    key: request.key,
    place,
    fetch: (signal, look) => fetchImage(request, signal, look)
  };
}

/** A coarse image of a place alone, before a row comes of which the whole is made here. */
export function wantedGlance(api: ITomoApi, place: IPlace): IWantedImage {
  const request = requestOf(api, place);
  return {
    key: `glance ${request.key}`,
    place,
    glance: true,
    fetch: (signal, look) => fetchGlance(request, signal, look)
  };
}

function requestOf(api: ITomoApi, place: IPlace): IImageRequest {
  const { base, recipe, position, stage, exact, kernel } = place;
  const resource = recipe.dataset?.resource;
  const key =
    amountOf(place.description) +
    wantedKey(base, recipe, position, stage, kernel);
  const ask = (sent: ISent, signal: AbortSignal): Promise<IFrame> => {
    const common = {
      purpose: place.purpose,
      base,
      recipe,
      ...(resource && { resource }),
      ...sent
    };
    return position.mode === 'projection'
      ? api.projection({ ...common, index: position.frame, stage }, signal)
      : api.preview(
          {
            ...common,
            ...kernelFor(recipe, position.mode, kernel),
            row: position.row,
            product: position.mode
          },
          signal
        );
  };
  const pixels = pixelsOf(place);
  return { key, resource: resource ?? '', pixels, exact, ask };
}

/** How many pixels an image will have, about. */
function pixelsOf({ position, description, recipe }: IPlace): number {
  const { frames, rows, columns } = description;
  const [left, , right] = recipe.regions?.roi ?? [0, 0, columns, rows];
  const width = right - left;
  switch (position.mode) {
    case 'projection':
      return rows * columns;
    case 'sinogram':
      return frames * width;
    case 'slice':
      return width * width;
  }
}

/** Whether two positions are of one image: a slice has no frame, and a projection no row. */
export function isAt(one: IViewPosition, other: IViewPosition): boolean {
  return (
    one.mode === other.mode &&
    (one.mode === 'projection'
      ? one.frame === other.frame
      : one.row === other.row)
  );
}

/** Which data there are: what was made of less, or of what was written over, is outdated. */
export function amountOf({ frames, flats, darks, stamp }: Description): string {
  return JSON.stringify([frames, flats, darks, stamp]);
}

/** The part of the key that the recipe decides. */
export function wantedKey(
  base: string,
  recipe: Recipe,
  { mode, frame, row }: IViewPosition,
  stage: Stage,
  kernel?: string
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
      return JSON.stringify([
        base,
        mode,
        row,
        dataset,
        regions,
        filters,
        reconstruction?.angles,
        kernelFor(recipe, mode, kernel)
      ]);
    case 'slice':
      return JSON.stringify([
        base,
        mode,
        row,
        dataset,
        regions,
        filters,
        reconstruction,
        kernelFor(recipe, mode, kernel)
      ]);
  }
}
