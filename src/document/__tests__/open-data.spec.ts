import { nullTranslator } from '@jupyterlab/translation';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';

import { ApiError } from '../../api';
import { parseRecipe } from '../../recipe';
import { recipeOf, recipeOfRemote } from '../open-data';
import type { Files } from '../open-data';
import { FakeApi } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');

/** Files by contents path; folders are what stands before a slash. */
class FakeFiles implements Files {
  readonly texts = new Map<string, string>();
  /** Folders that nobody may write to. */
  readonly readOnly = new Set<string>();

  driveName(path: string): string {
    return path.includes(':') ? path.split(':')[0] : '';
  }

  localPath(path: string): string {
    return path.slice(path.indexOf(':') + 1);
  }

  /** As the real one: with options, the content comes only when asked for. */
  get(
    path: string,
    options?: Contents.IFetchOptions
  ): Promise<Contents.IModel> {
    if (options && !options.content) {
      return Promise.resolve(model(path, null));
    }
    const text = this.texts.get(path);
    if (text !== undefined) {
      return Promise.resolve(model(path, text));
    }
    const inside = [...this.texts.keys()].filter(
      file => folderOf(file) === path
    );
    return Promise.resolve(
      model(
        path,
        inside.map(file => model(file, null))
      )
    );
  }

  async save(
    path: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    if (this.readOnly.has(folderOf(path))) {
      throw new ServerConnection.ResponseError(
        new Response('', { status: 403 }),
        'Forbidden'
      );
    }
    this.texts.set(path, String(options.content));
    return Promise.resolve(model(path, null));
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash >= 0
    ? path.slice(0, slash)
    : path.slice(0, path.indexOf(':') + 1);
}

function model(path: string, content: unknown): Contents.IModel {
  const name = path.split(/[/:]/).pop() ?? '';
  const last_modified = `2026-01-0${(name.length % 8) + 1}`;
  return {
    name,
    path,
    type: 'file',
    created: '',
    last_modified,
    writable: true,
    mimetype: '',
    format: 'text',
    content
  };
}

describe('recipeOf', () => {
  let files: FakeFiles;
  let api: FakeApi;

  beforeEach(() => {
    files = new FakeFiles();
    api = new FakeApi();
  });

  const find = (path: string): ReturnType<typeof recipeOf> =>
    recipeOf(files, api.client, path, trans);
  const dataOf = (path: string): string | undefined =>
    parseRecipe(files.texts.get(path) ?? '').recipe?.dataset?.path;

  it('makes a recipe beside a folder', async () => {
    expect(await find('sub/ct')).toBe('sub/ct.tomo.json');
    expect(dataOf('sub/ct.tomo.json')).toBe('ct/');
    expect(
      parseRecipe(files.texts.get('sub/ct.tomo.json') ?? '').recipe?.filters
    ).toHaveLength(4);
  });

  it('makes a recipe beside a file, named without its ending', async () => {
    expect(await find('sub/scan.1.nxs')).toBe('sub/scan.1.tomo.json');
    expect(dataOf('sub/scan.1.tomo.json')).toBe('scan.1.nxs');
  });

  it('finds the recipe that it made', async () => {
    await find('sub/ct');
    expect(await find('sub/ct')).toBe('sub/ct.tomo.json');
  });

  it.each(['ct', './ct', 'ct/', '/srv/sub/ct'])(
    'finds a recipe that says %s',
    async path => {
      files.texts.set(
        'sub/mine.tomo.json',
        JSON.stringify({ version: 1, dataset: { path } })
      );
      files.texts.set('sub/broken.tomo.json', '{');
      expect(await find('sub/ct')).toBe('sub/mine.tomo.json');
    }
  );

  it('prefers the recipe of the same name', async () => {
    const text = JSON.stringify({ version: 1, dataset: { path: 'ct' } });
    files.texts.set('sub/another-and-newer.tomo.json', text);
    files.texts.set('sub/ct.tomo.json', text);
    expect(await find('sub/ct')).toBe('sub/ct.tomo.json');
  });

  it('does not touch a recipe of the same name for other data', async () => {
    const text = JSON.stringify({ version: 1, dataset: { path: 'other' } });
    files.texts.set('sub/ct.tomo.json', text);
    files.texts.set('sub/ct-1.tomo.json', text);
    expect(await find('sub/ct')).toBe('sub/ct-2.tomo.json');
    expect(files.texts.get('sub/ct.tomo.json')).toBe(text);
  });

  it('goes to the top folder, with an absolute path, when the data may not be written', async () => {
    files.readOnly.add('sub');
    expect(await find('sub/ct')).toBe('ct.tomo.json');
    expect(dataOf('ct.tomo.json')).toBe('/srv/sub/ct/');
    expect(await find('sub/ct')).toBe('ct.tomo.json');
  });

  it('stays on the drive of the data', async () => {
    expect(await find('RTC:sub/ct')).toBe('RTC:sub/ct.tomo.json');
    expect(await find('RTC:top')).toBe('RTC:top.tomo.json');
    expect(dataOf('RTC:top.tomo.json')).toBe('top/');
  });

  it('opens the top folder itself', async () => {
    expect(await find('')).toBe('data.tomo.json');
    expect(dataOf('data.tomo.json')).toBe('./');
    expect(await find('')).toBe('data.tomo.json');
  });

  it('says so when nothing can be written', async () => {
    files.readOnly.add('sub').add('');
    await expect(find('sub/ct')).rejects.toThrow(ApiError);
    expect(files.texts.size).toBe(0);
  });
});

describe('recipeOfRemote', () => {
  const DATA = "/work3/g/it's ct/";

  it('makes a recipe that names cluster and path, and finds it again', async () => {
    const files = new FakeFiles();
    const text = JSON.stringify({ version: 1, dataset: { path: DATA } });
    // The same path here, and on another cluster, are other data.
    files.texts.set('sub/here.tomo.json', text);
    files.texts.set(
      'sub/there.tomo.json',
      JSON.stringify({ version: 1, dataset: { path: DATA, resource: 'b' } })
    );
    const made = await recipeOfRemote(files, 'sub', 'scarf', DATA, trans);
    expect(made).toBe("sub/it's ct.tomo.json");
    expect(parseRecipe(files.texts.get(made) ?? '').recipe?.dataset).toEqual({
      path: DATA,
      resource: 'scarf'
    });
    expect(await recipeOfRemote(files, 'sub', 'scarf', DATA, trans)).toBe(made);
  });

  it('says so when the folder cannot be written', async () => {
    const files = new FakeFiles();
    files.readOnly.add('sub');
    await expect(
      recipeOfRemote(files, 'sub', 'scarf', DATA, trans)
    ).rejects.toMatchObject({ failure: { code: 'not-writable' } });
  });
});
