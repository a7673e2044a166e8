/**
 * The one cache of images of this page.
 */
import type { IFrame } from '../../api';
import { imageOf } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { ByteCache } from './cache';

const BUDGET = 256 * 2 ** 20;

/** All viewers share it, so that two of one data set do not fetch twice. */
export const images = new ByteCache<IImage>(
  BUDGET,
  image => image.data.byteLength
);

/** Fetch an image and keep it. */
export async function fetchImage(
  key: string,
  fetch: () => Promise<IFrame>
): Promise<IImage> {
  const image = imageOf(await fetch());
  images.set(key, image);
  return image;
}
