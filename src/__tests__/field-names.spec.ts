import { nullTranslator } from '@jupyterlab/translation';

import { inWords, sentenceOf } from '../field-names';

const trans = nullTranslator.load('jupyterlab_tomo');

it.each([
  [
    'Set regions.centre.column, or add an image at 180 degrees.',
    'Set Centre of rotation › Column, or add an image at 180 degrees.'
  ],
  [
    'Copy the file again, or leave its projection out with dataset.exclude.',
    'Copy the file again, or leave its projection out with Data › Leave out.'
  ],
  [
    'dataset.angles.values has 3 angles for 5 projections.',
    'Data › Angles › values has 3 angles for 5 projections.'
  ],
  ['filters.1.size must be odd.', 'Filters › 2 › size must be odd.'],
  ['Nothing of a recipe is in it.', 'Nothing of a recipe is in it.']
])('says "%s" with the names of the panel', (text, words) => {
  expect(inWords(text, trans)).toBe(words);
});

it.each([
  '/data/output.folder/slice.tif is missing.',
  'output.tif is cut short.',
  'dataset.path/scan.nxs is no file.',
  'my-dataset.path cannot be read.'
])('leaves the file in "%s" alone', text => {
  expect(inWords(text, trans)).toBe(text);
});

it('a failure names its field, and others that its sentence speaks of', () => {
  const message =
    'regions.centre.row needs regions.centre.tilt, and not filters.0.size.';
  expect(
    sentenceOf(
      { code: 'x', message, where: 'regions.centre.row', hint: '' },
      trans
    )
  ).toBe(
    'Centre of rotation › Tilt needs Centre of rotation › Tilt, and not Filters › 1 › size.'
  );
});
