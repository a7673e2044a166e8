/**
 * What an image lacks because it came over a slow link.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { button, element } from './dom';
import type { IImage } from './pixels/image';

/**
 * A mark for images that are coarse or were sent in 16 bits, so that nobody
 * takes their values for all that there is.
 *
 * @param showAll asks for all digits
 */
export function precisionMarks(
  image: IImage,
  trans: TranslationBundle,
  showAll: () => void
): HTMLElement[] {
  if (image.bin !== undefined && image.bin > 1) {
    const mark = element(
      'span',
      'jp-tomo-viewer-precision',
      trans.__('coarse: %1 × %1 pixels in one', image.bin)
    );
    mark.title = trans.__('The whole image is on its way.');
    return [mark];
  }
  if (image.sent !== 'uint16') {
    return [];
  }
  const mark = element('span', 'jp-tomo-viewer-precision', trans.__('16-bit'));
  mark.title = trans.__(
    'The link is slow: values are rounded to a 65535th of the range of the image.'
  );
  return [
    mark,
    button(
      trans.__('Full precision'),
      trans.__('Send this image again, as float32'),
      showAll
    )
  ];
}
