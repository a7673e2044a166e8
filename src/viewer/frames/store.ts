/**
 * The one cache of images of this page, and how they come into it.
 */
import type { IFrame } from '../../api';
import { enlarged, imageOf } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { ByteCache } from './cache';
import { links } from './link';

const BUDGET = 256 * 2 ** 20;
/** Milliseconds for which the hand rests before a whole image is sent over a slow link. */
const REST = 350;

/** All viewers share it, so that two of one data set do not fetch twice. */
export const images = new ByteCache<IImage>(
  BUDGET,
  image => image.data.byteLength
);

/** How an image is to be sent. */
export interface ISent {
  readonly bin?: number;
  readonly encoding?: 'float32' | 'uint16';
}

export interface IImageRequest {
  /** Under which it is kept. */
  readonly key: string;
  /** Where it comes from; empty: this server. */
  readonly resource: string;
  /** Pixels that it is going to have, about. */
  readonly pixels: number;
  /** All digits, however long it takes. */
  readonly exact: boolean;
  readonly ask: (sent: ISent, signal: AbortSignal) => Promise<IFrame>;
}

/**
 * Fetch an image and keep it. Over a slow link a coarse one comes first, and
 * then the whole in 16 bits, unless all digits are asked for.
 *
 * @param look called with the coarse image, in the size of the whole
 */
export async function fetchImage(
  request: IImageRequest,
  signal: AbortSignal,
  look: (image: IImage) => void
): Promise<IImage> {
  const { key, resource, exact } = request;
  const bin = exact ? 1 : links.coarseness(resource, request.pixels);
  if (bin > 1) {
    look(await coarse(request, bin, signal));
    if (links.isSlow(resource)) {
      await pause(REST, signal);
    }
  }
  const short = !exact && links.isSlow(resource);
  const image = await get(request, short ? { encoding: 'uint16' } : {}, signal);
  images.set(key, image);
  return image;
}

/**
 * Fetch the coarse image alone, and wait until the hand rests: something else
 * than the whole image is fetched after it.
 *
 * @param look called with it, in the size of the whole
 */
export async function fetchGlance(
  request: IImageRequest,
  signal: AbortSignal,
  look: (image: IImage) => void
): Promise<IImage> {
  const bin = links.coarseness(request.resource, request.pixels);
  const image = await coarse(request, bin, signal);
  look(image);
  await pause(REST, signal);
  return image;
}

async function coarse(
  request: IImageRequest,
  bin: number,
  signal: AbortSignal
): Promise<IImage> {
  const image = await get(request, { bin, encoding: 'uint16' }, signal);
  return enlarged(image);
}

async function get(
  { ask, resource }: IImageRequest,
  sent: ISent,
  signal: AbortSignal
): Promise<IImage> {
  const frame = await ask(sent, signal);
  if (frame.transfer) {
    links.observe(resource, frame.transfer);
  }
  return imageOf(frame);
}

function pause(duration: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer);
      reject(
        new DOMException('The image is not wanted any more.', 'AbortError')
      );
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', give);
      resolve();
    }, duration);
    signal.addEventListener('abort', give, { once: true });
  });
}
