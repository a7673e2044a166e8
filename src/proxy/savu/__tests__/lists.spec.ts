/** @jest-environment node */
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { buildSync } from 'esbuild';

import type { SavuList, SavuPlugin } from '../../../api/_generated/api';
import { SavuLists } from '../lists';

const checkout = path.resolve(__dirname, '../../../..');
const shared =
  process.env.TOMO_SHARED_DATA ?? path.join(checkout, '../shared/data');
const real = path.join(shared, 'savu-lists');

let folder: string;
let lists: SavuLists;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'savu-lists-'));
  buildSync({
    absWorkingDir: checkout,
    entryPoints: ['src/proxy/savu/worker.ts'],
    outfile: path.join(folder, 'savu.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    },
    logLevel: 'silent'
  });
  lists = new SavuLists({ worker: path.join(folder, 'savu.mjs') });
});

afterAll(() => {
  lists.dispose();
  fs.rmSync(folder, { recursive: true });
});

const plugin = (changes: Partial<SavuPlugin> = {}): SavuPlugin => ({
  name: 'NxtomoLoader',
  id: 'savu.plugins.loaders.full_field_loaders.nxtomo_loader',
  active: true,
  data: '{"name": "tomo"}',
  ...changes
});

const list = (changes: Partial<SavuList> = {}): SavuList => ({
  version: '4.2',
  plugins: [plugin()],
  loops: [],
  ...changes
});

const failure = async (content: Promise<unknown>): Promise<unknown> =>
  content.then(
    () => 'no failure',
    (error: { failure?: unknown }) => error.failure
  );

/** A file as base64, cut or changed. */
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64');

describe('process lists', () => {
  it('come back as they were written', async () => {
    const written = list({
      plugins: [
        plugin({ data: '{"a": 3.0, "ö": "Größe", "n": null}' }),
        plugin({ name: 'B', id: 'x.y_z', active: false, data: '{}' })
      ],
      loops: [{ start: 1, end: 2, iterations: 7 }]
    });
    const { content } = await lists.write(written);
    expect(await lists.read(content)).toEqual(written);
  });

  it('keep their order beyond ten plugins', async () => {
    const plugins = Array.from({ length: 23 }, (_, index) =>
      plugin({ name: `P${index}` })
    );
    const { content } = await lists.write(list({ plugins }));
    const names = (await lists.read(content)).plugins.map(({ name }) => name);
    expect(names).toEqual(plugins.map(({ name }) => name));
  });

  it('of an old Savu stay without a version', async () => {
    const { content } = await lists.write(list({ version: '' }));
    expect((await lists.read(content)).version).toBe('');
  });

  it('without plugins are lists, too', async () => {
    const { content } = await lists.write(list({ plugins: [] }));
    expect((await lists.read(content)).plugins).toEqual([]);
  });

  it.each(['[]', '{', 'null', '{"a": NaN}', '3'])(
    'are not written with parameters %s',
    async data => {
      const told = await failure(
        lists.write(list({ plugins: [plugin(), plugin({ name: 'B', data })] }))
      );
      expect(told).toMatchObject({
        code: 'savu-damaged',
        where: 'entry/plugin/2/data'
      });
    }
  );
});

describe('other files', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('no list')]
  ])('are refused: %s', async (_, bytes) => {
    expect(await failure(lists.read(base64(bytes)))).toMatchObject({
      code: 'savu-damaged',
      message:
        'The file is damaged or not HDF5, so it cannot be a process list.'
    });
  });

  it('are refused or read when any part of them is spoiled, and the next file is read', async () => {
    const { content } = await lists.write(
      list({ plugins: [plugin(), plugin({ name: 'B' })] })
    );
    const whole = Buffer.from(content, 'base64');
    let refused = 0;
    for (let at = 0; at < whole.length; at += 97) {
      const spoiled = Buffer.from(whole);
      spoiled.fill(0xff, at, at + 16);
      const told = await failure(lists.read(base64(spoiled)));
      if (told !== 'no failure') {
        refused++;
        expect(told).toMatchObject({
          code: expect.stringMatching(/^savu-/) as unknown
        });
      }
    }
    expect(refused).toBeGreaterThan(5);
    expect((await lists.read(content)).plugins).toHaveLength(2);
  });

  it('that are cut are refused', async () => {
    const { content } = await lists.write(list());
    const whole = Buffer.from(content, 'base64');
    const cut = whole.subarray(0, whole.length >> 1);
    expect(await failure(lists.read(base64(cut)))).toMatchObject({
      code: 'savu-damaged'
    });
  });
});

describe('the thread', () => {
  it('is given up when it hangs, and the next request has a new one', async () => {
    const script = path.join(folder, 'hangs.mjs');
    fs.writeFileSync(
      script,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ id, bytes }) => {
         while (bytes.length === 1) {}
         parentPort.postMessage({ id, list: { version: '', plugins: [], loops: [] } });
       });`
    );
    const hanging = new SavuLists({ worker: script, limit: 4000 });
    expect(await failure(hanging.read('AA=='))).toMatchObject({
      code: 'savu-too-slow'
    });
    expect((await hanging.read('AAAA')).plugins).toEqual([]);
    hanging.dispose();
  });

  it('is lost without harm when it dies', async () => {
    const script = path.join(folder, 'dies.mjs');
    fs.writeFileSync(
      script,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => { throw new Error('out of memory'); });`
    );
    const dying = new SavuLists({ worker: script });
    expect(await failure(dying.read(''))).toMatchObject({
      code: 'savu-lost',
      message: expect.stringContaining('out of memory') as unknown
    });
    dying.dispose();
  });
});

const present = fs.existsSync(real);
if (!present) {
  process.stderr.write(`Real process lists are skipped: no ${real}\n`);
}
const describeReal = present ? describe : describe.skip;

describeReal('the real lists', () => {
  it.each([
    [
      'tomopy_test.nxs',
      ['NxtomoLoader', 'DarkFlatFieldCorrection', 'TomopyRecon'],
      '4.0'
    ],
    [
      'image_saver_test.nxs',
      [
        'NxtomoLoader',
        'DarkFlatFieldCorrection',
        'RemoveAllRings',
        'ImageSaver'
      ],
      '4.0'
    ],
    [
      'astra_cgls.nxs',
      ['NxtomoLoader', 'DarkFlatFieldCorrection', 'AstraReconGpu'],
      '4.2'
    ]
  ])('%s is read, and its copy says the same', async (name, names, version) => {
    const content = fs.readFileSync(path.join(real, name)).toString('base64');
    const read = await lists.read(content);
    expect(read.plugins.map(({ name: of }) => of)).toEqual(names);
    expect(read.version).toBe(version);
    expect(read.plugins.every(({ active }) => active)).toBe(true);
    const copy = await lists.write(read);
    expect(await lists.read(copy.content)).toEqual(read);
  });

  it('a measurement is no list, and the sentence says what it is', async () => {
    const file = path.join(shared, '24888.nxs');
    const content = fs.readFileSync(file).toString('base64');
    expect(await failure(lists.read(content))).toMatchObject({
      code: 'savu-data-set'
    });
  });
});
