import { nullTranslator } from '@jupyterlab/translation';

import { formatBytes, formatNumber, formatSeconds } from '../../quantities';
import { effectiveFilters } from '../../recipe';
import {
  anglesText,
  confidenceText,
  estimateText,
  proposedAir,
  proposedAngles,
  sizeText,
  relativePath,
  sliceCount,
  spaceText,
  stepApplies,
  spreadText,
  stepText
} from '../describe';
import { CENTRE, ESTIMATE, FakeSession, GRAPES } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1024, '1.0 KiB'],
    [356986880, '340 MiB'],
    [1503238553, '1.4 GiB'],
    [54760833024, '51 GiB'],
    [1020 * 1024 ** 2, '1.0 GiB']
  ])('%d bytes is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.34, '0.3 s'],
    [2, '2 s'],
    [3.2, '3.2 s'],
    [12.2, '12 s'],
    [59.6, '1 min'],
    [75, '1 min 15 s'],
    [3600, '1 h'],
    [4020, '1 h 7 min']
  ])('%d seconds is %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it('drops zeros that mean nothing', () => {
    expect(formatNumber(399.45000001)).toBe('399.45');
    expect(formatNumber(0.08, 2)).toBe('0.08');
  });
});

describe('what the panel says', () => {
  const session = new FakeSession({ dataset: { path: 'grapes_ct/' } });

  it('of the data set', () => {
    expect(sizeText(GRAPES)).toBe('376 × 128 × 835 · uint16');
    expect(proposedAngles(GRAPES)).toEqual({
      first: 0,
      last: 360,
      endpoint: true
    });
    expect(proposedAir(GRAPES)).toEqual([12, 4, 96, 124]);
    expect(
      proposedAir({ ...GRAPES, proposed: { regions: { air: [1, 2, 'x', 4] } } })
    ).toBeNull();
  });

  it('of paths, from the folder of the recipe where they lie in it', () => {
    expect(relativePath('/a/b/processed/x', '/a/b')).toBe('processed/x');
    expect(relativePath('/a/b/processed/x', '/a/b/')).toBe('processed/x');
    expect(relativePath('/a/bc/x', '/a/b')).toBe('/a/bc/x');
    expect(relativePath('/a/b/x', null)).toBe('/a/b/x');
  });

  it('of slices', () => {
    expect(sliceCount(session.recipe, GRAPES)).toBe(128);
    expect(
      sliceCount({ version: 1, regions: { roi: [0, 20, 100, 60] } }, GRAPES)
    ).toBe(40);
    expect(
      sliceCount({ version: 1, regions: { roi: [0, 100, 100, 500] } }, GRAPES)
    ).toBe(28);
  });

  it('of angles: never invented', () => {
    expect(anglesText(session.recipe, GRAPES, trans)[0]).toBe('unknown');
    const stated = {
      ...GRAPES,
      angles: {
        ...GRAPES.angles,
        first: 0,
        last: 360,
        source: 'recipe' as const
      }
    };
    const recipe = {
      version: 1 as const,
      dataset: { angles: { first: 0, last: 360, endpoint: true } }
    };
    expect(anglesText(recipe, stated, trans)).toEqual([
      '0 to 360°, both ends',
      'stated'
    ]);
    const file = {
      ...GRAPES,
      angles: {
        ...GRAPES.angles,
        first: 0,
        last: 179.5,
        source: 'file names' as const
      }
    };
    expect(anglesText(session.recipe, file, trans)).toEqual([
      '0 to 179.5°',
      'from the file names'
    ]);
  });

  it('of the centre', () => {
    expect(confidenceText(CENTRE, trans)).toBe('agree, ± 0.08 px');
    const apart = {
      ...CENTRE,
      confidence: { level: 'uncertain' as const, spread: 1.44 }
    };
    expect(confidenceText(apart, trans)).toBe('uncertain, ± 1.4 px');
    expect(spreadText(apart, trans)).toBe('spread 1.44 px');
    const close = {
      ...CENTRE,
      confidence: { level: 'good' as const, spread: 0.002 }
    };
    expect(spreadText(close, trans)).toBe('spread below 0.01 px');
  });

  it('of steps', () => {
    const lines = effectiveFilters(session.recipe).map(step =>
      stepText(step, session.recipe, trans)
    );
    expect(lines).toEqual([
      'bright 5 σ · 3 × 3',
      'mean of references',
      'no region: skipped',
      'floor 0.001'
    ]);
    const [phase] = effectiveFilters({
      version: 1,
      filters: [{ name: 'phase', ratio: 250 }]
    });
    expect(stepText(phase, session.recipe, trans)).toBe(
      '20 keV · 50 mm · δ/β 250'
    );
    expect(
      stepApplies('minus-log', {
        version: 1,
        dataset: { state: 'attenuation' }
      })
    ).toBe(false);
    expect(
      stepApplies('outliers', { version: 1, dataset: { state: 'attenuation' } })
    ).toBe(true);
  });

  it('of what a run takes', () => {
    expect(estimateText(ESTIMATE, trans)).toBe(
      '1.4 GiB memory, about 3.2 s once its kernel runs'
    );
    expect(estimateText({ ...ESTIMATE, seconds: null }, trans)).toBe(
      '1.4 GiB memory, time not yet known'
    );
    expect(spaceText(ESTIMATE, trans)).toEqual({
      text: '340 MiB, 51 GiB free',
      full: false
    });
    expect(spaceText({ ...ESTIMATE, freeBytes: 1024 }, trans).full).toBe(true);
  });
});
