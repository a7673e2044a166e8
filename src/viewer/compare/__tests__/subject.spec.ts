import { nullTranslator } from '@jupyterlab/translation';

import type { IImage } from '../../pixels/image';
import { apartWords, pixelOf, sideWords, warningsAbout } from '../subject';
import type { ISide, ISubject } from '../subject';

const trans = nullTranslator.load('jupyterlab_tomo');

const side = (of: Partial<ISubject>, image: Partial<IImage> = {}): ISide => ({
  name: 'scan',
  image: {
    data: new Float32Array(1),
    rows: 1,
    columns: 1,
    about: {},
    ...image
  },
  of: {
    kind: 'slice',
    row: null,
    frame: null,
    unit: '',
    pixel: null,
    middle: '',
    ...of
  }
});

it('takes one pixel in two units for one', () => {
  const [a, b] = [
    pixelOf({ value: 0.0133, unit: 'mm' }),
    pixelOf({ value: 13.3, unit: 'um' })
  ];
  expect(a).not.toBe(b);
  expect(warningsAbout(side({ pixel: a }), side({ pixel: b }), trans)).toEqual(
    []
  );
  expect(
    warningsAbout(side({ pixel: 13.3 }), side({ pixel: 13.31 }), trans)
  ).toEqual([expect.stringContaining('13.3 µm in A and 13.31 µm in B')]);
});

it('makes no difference of raw and processed projections', () => {
  const raw = side({ kind: 'projection', unit: 'counts' }).of;
  const processed = side({ kind: 'projection' }).of;
  expect(apartWords(raw, processed, trans)).toBe(
    'A is in counts and B is processed: values of two stages have no difference.'
  );
  expect(apartWords(processed, raw, trans)).toBe(
    'B is in counts and A is processed: values of two stages have no difference.'
  );
  expect(apartWords(raw, raw, trans)).toBe('');
  // A result need not say what its values are in.
  expect(apartWords(side({ unit: '1/cm' }).of, side({}).of, trans)).toBe('');
});

it('names frames, and warns of two of them', () => {
  const [a, b] = [3, 4].map(frame => side({ kind: 'projection', frame }));
  expect(sideWords(a, trans)).toBe('scan · frame 3');
  expect(warningsAbout(a, b, trans)).toEqual(['A is frame 3 and B frame 4.']);
  expect(warningsAbout(a, a, trans)).toEqual([]);
});

it('warns of sinograms that begin with other columns', () => {
  const of = { kind: 'sinogram', row: 5 } as const;
  expect(
    warningsAbout(side(of, { left: 20 }), side(of, { left: 0 }), trans)
  ).toEqual([
    'A begins with column 20 of the detector and B with column 0: one place in both is not one column.'
  ]);
  expect(warningsAbout(side(of, { left: 0 }), side(of), trans)).toEqual([]);
});
