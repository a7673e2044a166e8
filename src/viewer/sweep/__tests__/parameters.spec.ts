import { nullTranslator } from '@jupyterlab/translation';

import { axisChanges } from '../../../axis';
import type { Recipe } from '../../../recipe';
import { cellsOf } from '../cell-values';
import { sweepables } from '../parameters';
import { sweepValues, withValues } from '../values';

const RECIPE = {
  version: 1,
  dataset: { path: 'scan' },
  regions: { centre: { column: 399.4 } },
  filters: [
    { name: 'outliers' },
    { name: 'stripes-sorting', size: 21 },
    { name: 'phase', enabled: false }
  ],
  reconstruction: { tool: 'builtin', method: 'gridding', parameters: {} }
} as unknown as Recipe;

const trans = nullTranslator.load('jupyterlab_tomo');
/** An axis as a search gives it. */
const FOUND = { column: 399.44321, row: 60.512, tilt: 0.20004 };
const DATA = {
  axis: { column: 399.4, row: 60, tilt: 0.2 },
  columns: 835,
  row: 64,
  angles: [0, 360]
} as const;

const all = sweepables(RECIPE, DATA, trans);
const find = (id: string): (typeof all)[number] => {
  const found = all.find(each => each.id === id);
  if (!found) {
    throw new Error(`${id} is not offered: ${all.map(each => each.id).join()}`);
  }
  return found;
};

it('offers what only the engine sees, under the names of the panel', () => {
  expect(all[0]).toMatchObject({
    id: 'regions.centre.column',
    label: 'Centre of rotation',
    value: 399.4
  });
  expect(find('filters.1.size')).toMatchObject({ value: 21, integer: true });
  expect(find('filters.1.size').label).toMatch(/^Stripes: sorting: /);
  expect(
    find('reconstruction.parameters.filter').choices.length
  ).toBeGreaterThan(2);
});

describe('steps on projections', () => {
  const of = (
    filters: object[],
    dataset: object = { path: 'scan' }
  ): string[] =>
    sweepables(
      { ...RECIPE, filters, dataset } as unknown as Recipe,
      DATA,
      trans
    )
      .filter(({ id, onServer }) => onServer && id.startsWith('filters'))
      .map(({ label }) => label);

  it('come last, and are known to need the server', () => {
    const server = all.filter(({ onServer }) => onServer);
    expect(all.slice(-server.length)).toEqual(server);
    expect(server.map(({ label }) => label)).toEqual([
      'Tilt of the axis (°)',
      'Outliers: Size',
      'Outliers: Threshold (σ)',
      'Outliers: Kind'
    ]);
    expect(find('filters.0.threshold')).toMatchObject({
      value: 5,
      proposed: [2.5, 7.5]
    });
    expect(find('filters.0.size').choices).toEqual([3, 5]);
  });

  it('say their units', () => {
    expect(of([{ name: 'phase' }])).toEqual([
      'Phase retrieval: Energy (keV)',
      'Phase retrieval: Distance (mm)',
      'Phase retrieval: δ/β'
    ]);
  });

  it('are not offered where they take no part', () => {
    expect(of([{ name: 'phase', enabled: false }])).toEqual([]);
    expect(
      of([{ name: 'minus-log' }], { path: 'scan', state: 'attenuation' })
    ).toEqual([]);
    expect(of([{ name: 'minus-log' }])).toEqual(['Minus log: Floor']);
  });
});

it('knows limits that are none of the values, and proposes none of them', () => {
  const schema = {
    strength: { type: 'number', exclusiveMinimum: 0, maximum: 1000 },
    share: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 1 }
  };
  const [, strength, share] = sweepables(RECIPE, { ...DATA, schema }, trans);
  expect([strength.proposed, share.proposed]).toEqual([
    [0.1, 1],
    [0.5, 0.95]
  ]);
  expect([strength.above, strength.below]).toEqual([true, false]);
  expect([share.above, share.below]).toEqual([false, true]);
});

it('proposes magnitudes by factors, with what holds now among them', () => {
  const [, , ratio] = sweepables(
    {
      ...RECIPE,
      filters: [{ name: 'phase', ratio: 200 }]
    } as unknown as Recipe,
    DATA,
    trans
  ).filter(({ id, onServer }) => onServer && id.startsWith('filters'));
  expect(sweepValues(ratio, ...ratio.proposed, 5)).toEqual([
    20, 63.2, 200, 632, 2000
  ]);
  // Few digits, but for what holds now.
  const { value } = ratio;
  const now = { ...ratio, value: 1234, proposed: [123.4, 12340] as const };
  const values = sweepValues(now, ...now.proposed, 5);
  expect([value, values]).toEqual([200, [123, 390, 1234, 3900, 12300]]);
  expect(
    cellsOf({ sweepable: now, values }, null, trans).map(({ held }) => held)
  ).toEqual([false, false, true, false, false]);
  // Nothing is so many times zero.
  expect(sweepValues(ratio, 0, 10, 3)).toEqual([0, 5, 10]);
});

describe('the tilt of the axis', () => {
  const tiltOf = (
    recipe: Recipe,
    row: number,
    columns = 100
  ): (typeof all)[number] | undefined =>
    sweepables(recipe, { ...DATA, row, columns }, trans).find(
      ({ id }) => id === 'regions.centre.tilt'
    );

  it('can be tried where it moves the axis', () => {
    expect(tiltOf(RECIPE, 64)).toMatchObject({
      value: 0,
      proposed: [-0.5, 0.5],
      besides: []
    });
    expect(tiltOf(RECIPE, 64)?.onServer).toBeUndefined();
    expect(tiltOf(RECIPE, 0)).toBeUndefined();
  });

  it('can be tried in any row by the server where it rotates the projections', () => {
    // Half a degree is half a row at the edge of 115 columns.
    for (const row of [0, 64]) {
      expect(tiltOf(RECIPE, row, 114)?.onServer).toBeUndefined();
      expect(tiltOf(RECIPE, row, 115)?.onServer).toBe(true);
    }
    // What the server does comes after what is done here.
    const sides = all.map(({ onServer }) => onServer === true);
    expect(sides).toEqual([...sides].sort((a, b) => Number(a) - Number(b)));
    expect(find('regions.centre.tilt').onServer).toBe(true);
  });

  it('of an axis that was found is stated with the whole of it, but for what is tried, too', () => {
    const recipe = { ...RECIPE, regions: {} };
    const tilt = tiltOf(recipe, 64);
    const [column] = sweepables(recipe, DATA, trans);
    expect(tilt).toMatchObject({ value: 0.2 });
    const [{ changes }] = cellsOf(
      { sweepable: column, values: [402] },
      { sweepable: tilt!, values: [0.3] },
      trans
    );
    expect(withValues(recipe, changes).regions?.centre).toEqual({
      column: 402,
      row: 60,
      tilt: 0.3
    });
    expect(tiltOf(recipe, 60, 50)).toBeUndefined();
  });
});

it('proposes values around what holds now', () => {
  const [first, last] = find('regions.centre.column').proposed;
  const values = sweepValues(find('regions.centre.column'), first, last, 9);
  expect(values).toEqual([
    395.4, 396.4, 397.4, 398.4, 399.4, 400.4, 401.4, 402.4, 403.4
  ]);
});

it('has what holds now among what it proposes', () => {
  const size = find('filters.1.size');
  for (const count of [3, 9]) {
    expect(sweepValues(size, ...size.proposed, count)).toContain(21);
  }
});

it('keeps to whole numbers and to the range, each value once', () => {
  const size = find('filters.1.size');
  expect(sweepValues(size, 1, 3, 9)).toEqual([
    ...new Set(
      [1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3].map(value =>
        Math.round(Math.max(size.minimum, value))
      )
    )
  ]);
  const column = find('regions.centre.column');
  expect(sweepValues(column, -10, 10, 3)).toEqual([0, 10]);
});

it('proposes odd widths of medians, no wider than the image', () => {
  const size = find('filters.1.size');
  expect(sweepValues(size, ...size.proposed, 6)).toEqual([
    11, 15, 19, 23, 27, 31
  ]);
  const small = sweepables(
    { ...RECIPE, filters: [{ name: 'stripes-sorting', size: 5 }] },
    DATA,
    trans
  ).find(({ id }) => id === 'filters.0.size');
  expect(small?.proposed).toEqual([3, 7]);
  const narrow = sweepables(RECIPE, { ...DATA, columns: 64 }, trans).find(
    ({ id }) => id === 'filters.1.size'
  );
  expect(narrow?.maximum).toBe(63);
  expect(sweepValues(narrow!, 50, 90, 3)).toEqual([51, 63]);
});

it('takes all values of a choice', () => {
  const filter = find('reconstruction.parameters.filter');
  expect(sweepValues(filter, 0, 1, 2)).toEqual(filter.choices);
});

describe('the angles that are used and the turn of slices', () => {
  const values = (id: string, recipe = RECIPE): readonly unknown[] => {
    const one = sweepables(recipe, DATA, trans).find(each => each.id === id);
    return one ? sweepValues(one, ...one.proposed, 5) : [];
  };
  const angles = { from: 90, to: 270, every: 12 };
  const other: Recipe = {
    ...RECIPE,
    reconstruction: { ...RECIPE.reconstruction, angles, rotation: 30 }
  };

  it('begin around what holds now, or what the data have', () => {
    expect(values('reconstruction.angles.from')).toEqual([0, 45, 90, 135, 180]);
    expect(values('reconstruction.angles.to')).toEqual([
      180, 225, 270, 315, 360
    ]);
    expect(values('reconstruction.angles.every')).toEqual([1, 3, 5, 7, 9]);
    expect(values('reconstruction.rotation')).toEqual([-20, -10, 0, 10, 20]);
    expect(values('reconstruction.angles.from', other)).toEqual([
      90, 112.5, 135, 157.5, 180
    ]);
    expect(values('reconstruction.angles.every', other)).toContain(12);
    expect(values('reconstruction.rotation', other)).toContain(30);
  });

  it('are accepted by the recipe, and leave the rest of the range alone', () => {
    const changed = withValues(other, [
      { path: ['reconstruction', 'angles', 'from'], value: 135 },
      { path: ['reconstruction', 'rotation'], value: 40 }
    ]);
    expect(changed.reconstruction).toMatchObject({
      angles: { from: 135, to: 270, every: 12 },
      rotation: 40
    });
    const first = withValues(RECIPE, [
      { path: ['reconstruction', 'angles', 'every'], value: 4 }
    ]);
    expect(first.reconstruction?.angles).toEqual({ every: 4 });
  });

  it('offer no range where nobody knows the angles', () => {
    const ids = sweepables(RECIPE, { ...DATA, angles: null }, trans).map(
      ({ id }) => id
    );
    expect(ids).not.toContain('reconstruction.angles.from');
    expect(ids).toContain('reconstruction.angles.every');
  });
});

it('makes recipes that differ in the value alone', () => {
  const changed = withValues(RECIPE, [
    { path: ['filters', 1, 'size'], value: 31 }
  ]);
  expect(changed.filters?.[1]).toMatchObject({ size: 31 });
  expect({
    ...changed,
    filters: RECIPE.filters
  }).toEqual(RECIPE);
});

it('says what a recipe does not take', () => {
  expect(() =>
    withValues(RECIPE, [{ path: ['filters', 1, 'size'], value: 'wide' }])
  ).toThrow(/size/);
});

it('calls the values of a choice as the panel does', () => {
  const filter = find('reconstruction.parameters.filter');
  const switched = { ...filter, choices: [false, true], value: true };
  const labels = [filter, switched].map(sweepable =>
    cellsOf({ sweepable, values: sweepable.choices }, null, trans).map(
      cell => cell.labels[0]
    )
  );
  expect(labels[0]).toContain('Shepp-Logan');
  expect(labels[1]).toEqual(['Off', 'On']);
});

it('lays out two parameters row by row, and marks what holds now', () => {
  const across = {
    sweepable: find('regions.centre.column'),
    values: [1, 399.4]
  };
  const down = { sweepable: find('filters.1.size'), values: [21, 31] };
  const cells = cellsOf(across, down, trans);
  expect(cells.map(cell => cell.labels)).toEqual([
    ['1', '21'],
    ['399.4', '21'],
    ['1', '31'],
    ['399.4', '31']
  ]);
  expect(cells[1].name).toBe(
    'Centre of rotation 399.4, Stripes: sorting: Size 21'
  );
  expect(cells.map(cell => cell.held)).toEqual([false, true, false, false]);
  expect(cells[2]?.changes).toEqual([
    { path: ['regions', 'centre', 'column'], value: 1 },
    { path: ['filters', 1, 'size'], value: 31 }
  ]);
});

describe('an external tool', () => {
  const external = (parameters: object): string[] =>
    sweepables(
      {
        ...RECIPE,
        reconstruction: { tool: 'tomopy', method: 'gridrec', parameters }
      },
      DATA,
      trans
    ).map(({ id }) => id);

  it('offers its own parameters, and those of a choice that was made', () => {
    const plain = external({});
    expect(plain).toContain('reconstruction.parameters.stripes');
    expect(plain).toContain('regions.centre.column');
    expect(plain).toContain('filters.1.size');
    expect(plain).not.toContain('reconstruction.parameters.stripe_snr');
    const all = external({ stripes: 'all' });
    expect(all).toContain('reconstruction.parameters.stripe_snr');
    expect(all).not.toContain('reconstruction.parameters.stripe_level');
  });
});

it('states an axis that was found to the digits that the panel writes', () => {
  const recipe = { ...RECIPE, regions: {} };
  const [written] = axisChanges(FOUND, recipe);
  const offered = sweepables(recipe, { ...DATA, axis: FOUND }, trans);
  for (const id of ['regions.centre.column', 'regions.centre.tilt']) {
    const sweepable = offered.find(each => each.id === id)!;
    const values = [sweepable.value];
    const [{ changes }] = cellsOf({ sweepable, values }, null, trans);
    expect(withValues(recipe, changes).regions?.centre).toEqual(written.value);
  }
  // A lean that means nothing is none.
  const upright = { ...FOUND, tilt: 0.0004 };
  const [column] = sweepables(recipe, { ...DATA, axis: upright }, trans);
  expect(column.besides).toEqual([]);
});

it.each([
  ['states the lean of an axis that was found', {}, 0.2, true],
  ['leaves an axis without one as it is', {}, 0, false],
  [
    'changes the column alone of an axis that is stated',
    { column: 5 },
    0.2,
    false
  ]
])('%s', (_, centre, tilt, leans) => {
  const recipe = { ...RECIPE, regions: { centre } };
  const axis = { ...DATA.axis, tilt };
  const [sweepable] = sweepables(recipe, { ...DATA, axis }, trans);
  const [{ changes }] = cellsOf({ sweepable, values: [400] }, null, trans);
  const changed = withValues(recipe, changes).regions?.centre;
  expect(changed).toEqual(
    leans ? { column: 400, row: 60, tilt: 0.2 } : { column: 400 }
  );
});

it('offers the parameters of a tool of another package, once they are known', () => {
  const recipe = {
    ...RECIPE,
    reconstruction: {
      tool: 'tiny-tool',
      method: 'constant',
      parameters: { value: 3 }
    }
  } as unknown as Recipe;
  const schema = {
    value: { title: 'Value', type: 'number', minimum: 0, maximum: 4 },
    kind: { title: 'Kind', enum: ['flat', 'steep'], default: 'flat' },
    flatness: { type: 'number', default: 2, when: { kind: ['flat'] } },
    steepness: { type: 'number', default: 2, when: { kind: ['steep'] } },
    name: { type: 'string', default: '' }
  };
  const ids = (known: object): string[] =>
    sweepables(recipe, { ...DATA, ...known }, trans)
      .map(({ id }) => id)
      .filter(id => id.startsWith('reconstruction.parameters'));
  expect(ids({})).toEqual([]);
  expect(ids({ schema })).toEqual(
    ['value', 'kind', 'flatness'].map(
      name => `reconstruction.parameters.${name}`
    )
  );
  const [value, kind] = sweepables(recipe, { ...DATA, schema }, trans).filter(
    ({ id }) => id.startsWith('reconstruction.parameters')
  );
  expect(value).toMatchObject({ value: 3, proposed: [1.5, 4] });
  expect(kind).toMatchObject({ value: 'flat', choices: ['flat', 'steep'] });
});
