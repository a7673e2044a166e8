import { nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import pluginSchema from '../../../schema/plugin.json';
import type { ITomoApi } from '../../tokens';
import type { ClusterSettings } from '../model';
import { ClustersModel, readClusters, withoutDefaults } from '../model';
import presets from '../presets.json';
import { freeName } from '../../free-name';
import type { ISchemaError } from '../problems';
import { problemsByProperty } from '../problems';

const trans = nullTranslator.load('jupyterlab_tomo');
const SCARF = { name: 'scarf', host: 'scarf.rl.ac.uk' };

class FakeSettings {
  composite: ReadonlyPartialJSONObject = { resources: [SCARF] };
  user = {};
  schema = pluginSchema;
  readonly changed = new Signal<this, void>(this);
  readonly saved: unknown[] = [];
  errors: ISchemaError[] = [];

  set(key: string, value: unknown): Promise<void> {
    this.saved.push([key, value]);
    this.composite = { resources: JSON.parse(JSON.stringify(value)) as [] };
    this.changed.emit();
    return Promise.resolve();
  }
  validate(): ISchemaError[] {
    return this.errors;
  }
}

function made(): {
  model: ClustersModel;
  settings: FakeSettings;
  reloads: () => number;
} {
  const settings = new FakeSettings();
  let reloads = 0;
  const api: unknown = {
    reloadSettings: () => {
      reloads += 1;
      return Promise.resolve();
    }
  };
  const kept: unknown = settings;
  return {
    model: new ClustersModel(api as ITomoApi, kept as ClusterSettings, trans),
    settings,
    reloads: () => reloads
  };
}

describe('ClustersModel', () => {
  it('saves what differs from the defaults, and tells the server once', async () => {
    const { model, settings, reloads } = made();
    const changes: number[] = [];
    model.changed.connect(() => changes.push(reloads()));
    await model.save(
      { ...SCARF, port: 22, cores: 8, memory: 31, prelude: [], poll: 60 },
      'scarf'
    );
    expect(settings.saved).toEqual([
      ['resources', [{ ...SCARF, cores: 8, memory: 31 }]]
    ]);
    // At once, and when the server knows it.
    expect([changes, reloads()]).toEqual([[0, 1], 1]);
    expect(model.clusters[0]['cores']).toBe(8);
  });

  it('loses none of two edits that follow at once', async () => {
    const { model, settings } = made();
    const first = model.save({ ...SCARF, cores: 8 }, 'scarf');
    const [after] = model.clusters;
    const second = model.save({ ...after, memory: 31 }, 'scarf');
    await Promise.all([first, second]);
    expect(settings.saved.at(-1)).toEqual([
      'resources',
      [{ ...SCARF, cores: 8, memory: 31 }]
    ]);
  });

  it('adds beside the others, and removes by name', async () => {
    const { model, settings } = made();
    await model.save({ name: 'other', host: 'o.example' }, null);
    expect(model.clusters.map(each => each.name)).toEqual(['scarf', 'other']);
    await model.remove('scarf');
    expect(settings.saved[1]).toEqual([
      'resources',
      [{ name: 'other', host: 'o.example' }]
    ]);
  });

  it('refuses a name twice, and what the schema refuses', async () => {
    const { model, settings } = made();
    expect(model.problems({ ...SCARF }, null).get('name')).toContain(
      'has this name'
    );
    expect(model.problems({ ...SCARF }, 'scarf').size).toBe(0);
    settings.errors = [
      {
        instancePath: '/resources/0/port',
        keyword: 'maximum',
        params: { limit: 65535 }
      }
    ];
    await expect(
      model.save({ ...SCARF, port: 99999 }, 'scarf')
    ).rejects.toThrow('At most 65535.');
    expect(settings.saved).toEqual([]);
  });

  it('takes up what was edited elsewhere', () => {
    const { model, settings, reloads } = made();
    settings.composite = { resources: [] };
    settings.changed.emit();
    expect(model.clusters).toEqual([]);
    expect(reloads()).toBe(1);
    settings.changed.emit();
    expect(reloads()).toBe(1);
    model.dispose();
  });

  it('keeps nothing where there are no settings', async () => {
    const api: unknown = {};
    const model = new ClustersModel(api as ITomoApi, null, trans);
    expect(model.schema).toBeNull();
    await expect(model.save(SCARF, null)).rejects.toThrow('keeps no settings');
  });
});

describe('presets', () => {
  it('fit the schema of the settings', () => {
    const known = Object.keys(pluginSchema.definitions.cluster.properties);
    for (const { cluster } of presets) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(cluster)));
      expect(cluster.name).toMatch(
        new RegExp(pluginSchema.definitions.cluster.properties.name.pattern)
      );
    }
  });

  it('know the facts of SCARF', () => {
    const { cluster } = presets[0];
    expect([cluster.host, cluster.partition, cluster.time]).toEqual([
      'scarf.rl.ac.uk',
      'scarf',
      120
    ]);
    // 4000 MB a core are given without asking.
    expect(cluster.memory * 1024).toBeLessThanOrEqual(cluster.cores * 4000);
  });

  it('take a name that is free', () => {
    expect(freeName('scarf', [])).toBe('scarf');
    expect(freeName('scarf', ['scarf', 'scarf-2'])).toBe('scarf-3');
  });
});

describe('problemsByProperty', () => {
  it('says each in a sentence, of this cluster only', () => {
    const problems = problemsByProperty(
      [
        {
          instancePath: '/resources/1',
          keyword: 'required',
          params: { missingProperty: 'host' }
        },
        { instancePath: '/resources/1/hostKey', keyword: 'pattern' },
        {
          instancePath: '/resources/1/pythons/default',
          keyword: 'type',
          params: { type: 'string' }
        },
        {
          instancePath: '/resources/10/port',
          keyword: 'minimum',
          params: { limit: 1 }
        },
        { instancePath: '/cores', keyword: 'type', params: { type: 'integer' } }
      ],
      1,
      trans
    );
    expect([...problems.entries()]).toEqual([
      ['host', 'This is needed.'],
      ['hostKey', 'A fingerprint as SHA256:… with 43 characters.'],
      ['pythons', 'A text.']
    ]);
  });
});

describe('the host of a cluster', () => {
  const { pattern } = pluginSchema.definitions.cluster.properties.host;

  it.each([
    'scarf.rl.ac.uk',
    'ui_3',
    '130.246.1.7',
    '2001:630::1',
    'fe80::1%eth0'
  ])('%s is one', host => {
    expect(host).toMatch(new RegExp(pattern));
  });

  it.each([
    'bad host',
    'me@scarf.rl.ac.uk',
    'scarf.rl.ac.uk:22',
    'ssh://scarf.rl.ac.uk'
  ])('%s is none, in words', host => {
    expect(host).not.toMatch(new RegExp(pattern));
    const problems = problemsByProperty(
      [{ instancePath: '/resources/0/host', keyword: 'pattern' }],
      0,
      trans
    );
    expect(problems.get('host')).toBe(
      'A name or an address, without user and port.'
    );
  });
});

describe('readClusters', () => {
  it('leaves out what is none', () => {
    expect(readClusters([SCARF, { name: 'x' }, 7, null])).toEqual([SCARF]);
    expect(readClusters({})).toEqual([]);
  });

  it('has no defaults to take away without a schema', () => {
    expect(withoutDefaults({ ...SCARF, port: 22 }, null)).toEqual({
      ...SCARF,
      port: 22
    });
  });
});
