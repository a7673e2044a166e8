import { nullTranslator } from '@jupyterlab/translation';

import type { SavuList } from '../../api';
import { installedCatalogue, KINDS, PLUGINS, SHIPPED } from '../catalogue';
import { check } from '../checks';
import { parseList, printList } from '../list-text';
import {
  complete,
  insert,
  move,
  newPlugin,
  remove,
  setParameter,
  valuesOf
} from '../operations';
import { tuningOf } from '../tuned-values';
import { misfit, readField } from '../values';

const trans = nullTranslator.load('jupyterlab_tomo');

const plugin = (name: string, given: Record<string, unknown> = {}) => {
  const known = PLUGINS.find(one => one.name === name);
  if (!known) {
    throw new Error(`no ${name}`);
  }
  return newPlugin(known, given);
};

const list = (...plugins: SavuList['plugins']): SavuList => ({
  version: '4.2',
  plugins,
  loops: []
});

const good = list(
  plugin('NxtomoLoader'),
  plugin('DarkFlatFieldCorrection'),
  plugin('AstraReconCpu', { centre_of_rotation: 86.5 })
);

const errors = (of: SavuList): string[] =>
  check(of, trans)
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);

/** An installed Savu with two of the plugins of `good`, one of them without its library. */
const installed = (gpu: boolean | null) =>
  installedCatalogue(
    {
      available: true,
      version: '4.1',
      plugins: [
        ...PLUGINS.filter(({ name }) =>
          ['NxtomoLoader', 'AstraReconGpu', 'TomopyRecon'].includes(name)
        ).map(known => ({
          ...known,
          gpu: known.gpu ?? false,
          missing: known.name === 'TomopyRecon' ? ['tomopy'] : [],
          kind: known.kind,
          parameters: known.parameters.map(parameter => ({
            ...parameter,
            kinds: [...parameter.kinds],
            options: parameter.options && [...parameter.options],
            when: undefined
          }))
        }))
      ]
    },
    gpu
  );

describe('the catalogue', () => {
  it('has dozens of plugins of all kinds, once each', () => {
    expect(PLUGINS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(PLUGINS.map(({ id }) => id)).size).toBe(PLUGINS.length);
    const kinds = KINDS.map(({ name }) => name);
    expect(
      [...new Set(PLUGINS.map(({ kind }) => kind)), 'other'].sort()
    ).toEqual([...kinds].sort());
  });

  it('names modules whose class is the name', () => {
    for (const { id, name } of PLUGINS) {
      const camel = (id.split('.').pop() ?? '')
        .split('_')
        .map(part => part[0].toUpperCase() + part.slice(1))
        .join('');
      expect(camel.toLowerCase()).toBe(name.toLowerCase());
    }
  });

  it('has defaults that fit, and help for every parameter', () => {
    for (const { name, parameters } of PLUGINS) {
      for (const parameter of parameters) {
        const where = `${name}.${parameter.name}`;
        expect([where, parameter.help.length > 3]).toEqual([where, true]);
        expect([where, misfit(parameter, parameter.default, trans)]).toEqual([
          where,
          null
        ]);
      }
    }
  });
});

describe('the text', () => {
  it('keeps parameters as Savu wrote them', () => {
    const data = '{"snr": 3.0, "names": ["a", "b"],  "none": null}';
    const written = {
      ...list({ name: 'A', id: 'x.a', active: false, data }),
      loops: [{ start: 1, end: 1, iterations: 2 }]
    };
    expect(parseList(printList(written), trans)).toEqual(written);
  });

  it('changes one parameter and leaves the others', () => {
    const before = list({
      name: 'A',
      id: 'x.a',
      active: true,
      data: '{"snr": 3.0, "size": 71.0}'
    });
    const after = setParameter(before, 0, 'snr', 5);
    expect(after.plugins[0].data).toBe('{"snr": 5, "size": 71.0}');
    expect(setParameter(after, 0, 'snr', undefined).plugins[0].data).toBe(
      '{"size": 71.0}'
    );
  });

  it.each([
    ['no', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{"plugins": {}}', '"plugins" is not a list'],
    ['{"plugins": [{"name": "A"}]}', 'Plugin 1 lacks'],
    ['{"loops": [{"start": 0}]}', '"start" of repeat 1']
  ])('%s is refused', (text, sentence) => {
    expect(() => parseList(text, trans)).toThrow(sentence);
  });
});

describe('changes', () => {
  const names = (of: SavuList): string =>
    of.plugins.map(({ name }) => name).join('');
  const letters = (text: string): SavuList =>
    list(
      ...[...text].map(name => ({ name, id: 'x.a', active: true, data: '{}' }))
    );

  it('move plugins both ways', () => {
    expect(names(move(letters('abcd'), 0, 2))).toBe('bcad');
    expect(names(move(letters('abcd'), 3, 1))).toBe('adbc');
    expect(names(move(letters('abcd'), 1, 4))).toBe('abcd');
  });

  it('take repeats along', () => {
    const of = (start: number, end: number): SavuList => ({
      ...letters('abcde'),
      loops: [{ start, end, iterations: 3 }]
    });
    const loop = (after: SavuList): number[][] =>
      after.loops.map(({ start, end }) => [start, end]);
    const extra = letters('x').plugins[0];
    expect(loop(insert(of(2, 3), 0, extra))).toEqual([[3, 4]]);
    expect(loop(insert(of(2, 3), 2, extra))).toEqual([[2, 4]]);
    expect(loop(insert(of(2, 3), 3, extra))).toEqual([[2, 3]]);
    expect(loop(remove(of(2, 3), 0))).toEqual([[1, 2]]);
    expect(loop(remove(of(2, 3), 1))).toEqual([[2, 2]]);
    expect(loop(remove(of(2, 2), 1))).toEqual([]);
    expect(loop(move(of(2, 3), 1, 4))).toEqual([[2, 2]]);
    expect(loop(move(of(2, 3), 0, 4))).toEqual([[1, 2]]);
    expect(loop(move(of(2, 2), 1, 3))).toEqual([[4, 4]]);
  });

  it('fill in what is missing', () => {
    const known = SHIPPED.find(good.plugins[0].id);
    if (!known) {
      throw new Error('no loader');
    }
    const before = list({ ...good.plugins[0], data: '{"name": "x"}' });
    const values = valuesOf(complete(before, 0, known).plugins[0]);
    expect(values).toEqual({ ...valuesOf(good.plugins[0]), name: 'x' });
    expect(values.dark).toEqual([null, null, 1]);
  });
});

describe('tuning', () => {
  it.each([
    ['1;2;3;', 3],
    ['3.5;', 1],
    ['80:90:0.5;', 20],
    ['0:4;', 4],
    ['10:0:-2;', 5],
    ['gridrec;sirt;', 2],
    ['{1:2};{1:3};', 2]
  ])('%s is %i values', (value, count) => {
    expect(tuningOf('x', value, trans)).toEqual({ count });
  });

  it.each(['a:b;', '5:1;', '1:2:0;', ';', '0:1000000:0.1;'])(
    '%s is refused',
    value => {
      expect(tuningOf('x', value, trans)).toHaveProperty('problem');
    }
  );

  it('is none of plain values and previews', () => {
    expect(tuningOf('x', 'a:b', trans)).toBeNull();
    expect(tuningOf('x', 3, trans)).toBeNull();
    expect(tuningOf('preview', '1;2;', trans)).toBeNull();
  });
});

describe('fields', () => {
  const parameter = (of: string, name: string) => {
    const found = PLUGINS.find(one => one.name === of)?.parameters.find(
      one => one.name === name
    );
    if (!found) {
      throw new Error(`no ${of}.${name}`);
    }
    return found;
  };

  it.each([
    ['RemoveAllRings', 'snr', '3.5', { value: 3.5 }],
    ['RemoveAllRings', 'sm_size', '31', { value: 31 }],
    ['RemoveAllRings', 'sm_size', '11;31;51;', { value: '11;31;51;' }],
    ['AstraReconCpu', 'centre_of_rotation', '86.5', { value: 86.5 }],
    [
      'AstraReconCpu',
      'centre_of_rotation',
      '{"1": 86.5}',
      { value: { 1: 86.5 } }
    ],
    ['AstraReconCpu', 'init_vol', '', { value: null }],
    [
      'NxtomoLoader',
      'preview',
      '[":", "mid", ":"]',
      { value: [':', 'mid', ':'] }
    ],
    ['NxtomoLoader', 'name', '42', { value: '42' }],
    ['DarkFlatFieldCorrection', 'lower_bound', 'None', { value: null }]
  ])('%s.%s takes %s', (of, name, text, read) => {
    expect(readField(parameter(of, name), text, trans)).toEqual(read);
  });

  it.each([
    ['RemoveAllRings', 'sm_size', '3.5'],
    ['RemoveAllRings', 'sm_size', 'wide'],
    ['RemoveAllRings', 'sm_size', ''],
    ['RemoveAllRings', 'sm_size', '9:1;'],
    ['NxtomoLoader', 'preview', '[":"']
  ])('%s.%s does not take %s', (of, name, text) => {
    expect(readField(parameter(of, name), text, trans)).toHaveProperty(
      'problem'
    );
  });
});

describe('checks', () => {
  it('find nothing in a good list', () => {
    expect(check(good, trans)).toEqual([]);
  });

  it.each<[string, SavuList, string]>([
    ['an empty list', list(), 'No plugin is on'],
    ['no loader', list(...good.plugins.slice(1)), 'The list has no loader'],
    ['a late loader', move(good, 0, 1), 'stands before the loader'],
    [
      'a second loader at the end',
      insert(good, 3, plugin('NxtomoLoader')),
      'All loaders come first'
    ],
    [
      'no centre',
      list(...good.plugins.slice(0, 2), plugin('AstraReconCpu')),
      'The centre of rotation of AstraReconCpu is not set'
    ],
    [
      'an unknown key',
      setParameter(good, 1, 'speed', 3),
      'has no parameter "speed"'
    ],
    [
      'a wrong type',
      setParameter(good, 2, 'ratio', 'wide'),
      'but should be a number or a list'
    ],
    [
      'a wrong option',
      setParameter(good, 2, 'algorithm', 'FDK'),
      'possible are "FBP"'
    ],
    [
      'a broken default',
      setParameter(good, 0, 'dark', undefined),
      'Savu 4.2 fails on its own default'
    ],
    [
      'a name that nobody makes',
      setParameter(good, 2, 'in_datasets', ['recon']),
      'asks for the data "recon"'
    ],
    [
      'iterations that never arrive',
      list(
        ...good.plugins.slice(0, 2),
        plugin('TomopyRecon', {
          algorithm: 'sirt',
          n_iterations: 100,
          centre_of_rotation: 3
        })
      ),
      'does not hand iterations on'
    ],
    [
      'a repeat beyond the end',
      { ...good, loops: [{ start: 2, end: 9, iterations: 2 }] },
      'the list has 3'
    ],
    [
      'repeats that overlap',
      {
        ...good,
        loops: [
          { start: 1, end: 2, iterations: 2 },
          { start: 2, end: 3, iterations: 2 }
        ]
      },
      'overlap'
    ]
  ])('find %s', (_, of, sentence) => {
    expect(errors(of).join('\n')).toContain(sentence);
  });

  it.each<[string, SavuList, string]>([
    [
      'one iteration',
      setParameter(good, 2, 'algorithm', 'SIRT'),
      'one iteration'
    ],
    [
      'a centre that is not used',
      insert(good, 2, plugin('VoCentering')),
      'takes the centre that VoCentering finds'
    ],
    [
      'an axis that is found from the middle and used from the edge',
      list(
        ...good.plugins.slice(0, 2),
        plugin('VoCentering'),
        plugin('TomopyRecon', { algorithm: 'fbp' })
      ),
      'half a column off'
    ],
    [
      'counts',
      list(good.plugins[0], good.plugins[2]),
      'not divided by the flat'
    ],
    [
      'two logarithms',
      insert(good, 2, plugin('PaganinFilter')),
      'Switch log off'
    ],
    [
      'rings after the slices',
      insert(good, 3, plugin('RemoveAllRings')),
      'stands after the reconstruction'
    ],
    [
      'too many results',
      setParameter(good, 2, 'centre_of_rotation', '1:100;'),
      '99 results'
    ]
  ])('warn of %s', (_, of, sentence) => {
    const warnings = check(of, trans).filter(one => one.severity === 'warning');
    expect(warnings.map(one => one.message).join('\n')).toContain(sentence);
    expect(errors(of)).toEqual([]);
  });

  it('know what the installed Savu has, lacks and cannot run', () => {
    const of = list(
      plugin('NxtomoLoader'),
      plugin('DarkFlatFieldCorrection'),
      plugin('AstraReconGpu', { centre_of_rotation: 86.5 }),
      plugin('TomopyRecon', { centre_of_rotation: 86.5 })
    );
    const told = (gpu: boolean | null) =>
      check(of, trans, installed(gpu))
        .filter(({ severity }) => severity === 'error')
        .map(({ index, message }) => `${index}: ${message}`);
    expect(told(false)).toEqual([
      expect.stringMatching(
        /^1: .*\(4\.1\) has no plugin savu\.plugins\.correct/
      ),
      expect.stringMatching(/^2: AstraReconGpu .* there is none/),
      expect.stringMatching(/^3: TomopyRecon needs tomopy/)
    ]);
    // Nobody knows what the nodes of a cluster have.
    expect(told(null)).toHaveLength(2);
  });

  it('leave plugins alone that are off', () => {
    const off = { ...plugin('AstraReconCpu'), active: false };
    expect(check(insert(good, 1, off), trans)).toEqual([]);
  });

  it('do not judge what the catalogue does not have', () => {
    const own = {
      name: 'Mine',
      id: 'my.plugin',
      active: true,
      data: '{"x": 1}'
    };
    expect(check(insert(good, 2, own), trans)).toEqual([
      expect.objectContaining({ severity: 'note', index: 2 })
    ]);
  });
});
