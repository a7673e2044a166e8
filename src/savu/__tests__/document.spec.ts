import { Context } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../../api';
import type { SavuList } from '../../api';
import { PLUGINS } from '../catalogue';
import { Catalogues } from '../catalogues';
import { parseList, printList } from '../list-text';
import { SavuListModel } from '../model';
import { EMPTY, newPlugin } from '../operations';
import { SavuContentProvider } from '../provider';
import { SavuModelFactory } from '../widget';

const trans = nullTranslator.load('jupyterlab_tomo');

const LIST: SavuList = {
  version: '4.0',
  plugins: [
    { name: 'A', id: 'x.a', active: true, data: '{"snr": 3.0}' },
    { name: 'B', id: 'x.b', active: true, data: '{}' }
  ],
  loops: []
};

/** A drive with one file, and a proxy whose HDF5 is JSON in base64. */
class Fakes {
  content = btoa(JSON.stringify(LIST));
  size = 1000;
  readonly asked: (Contents.IFetchOptions | undefined)[] = [];

  readonly drive = {
    get: async (
      path: string,
      options?: Contents.IFetchOptions
    ): Promise<Contents.IModel> => {
      this.asked.push(options);
      return this.file(path, options?.content ? this.content : null);
    },
    save: async (
      path: string,
      options?: Partial<Contents.IModel>
    ): Promise<Contents.IModel> => {
      this.content = String(options?.content);
      return this.file(path, null);
    }
  };

  readonly lists = {
    savuRead: async (content: string): Promise<SavuList> => {
      if (content === 'bad') {
        throw new ApiError({
          code: 'savu-damaged',
          message: 'It is damaged.',
          where: '',
          hint: 'Copy it again.'
        });
      }
      return (await Promise.resolve(JSON.parse(atob(content)))) as SavuList;
    },
    savuWrite: async (list: SavuList): Promise<{ content: string }> => ({
      content: btoa(JSON.stringify(list))
    })
  };

  readonly provider = new SavuContentProvider(this.drive, this.lists, trans);

  private file(path: string, content: string | null): Contents.IModel {
    return {
      name: path,
      path,
      type: 'file',
      size: this.size,
      content,
      format: content === null ? null : 'base64',
      mimetype: '',
      writable: true,
      created: '',
      last_modified: ''
    } as unknown as Contents.IModel;
  }
}

describe('the content provider', () => {
  it('gives the list as text, and writes the text as HDF5', async () => {
    const fakes = new Fakes();
    const model = await fakes.provider.get('l.nxs', { content: true });
    expect(model.format).toBe('text');
    expect(parseList(String(model.content), trans)).toEqual(LIST);
    const changed = { ...LIST, plugins: LIST.plugins.slice(1) };
    await fakes.provider.save('l.nxs', { content: printList(changed) });
    expect(JSON.parse(atob(fakes.content))).toEqual(changed);
  });

  it('asks for no content when none is wanted', async () => {
    const fakes = new Fakes();
    const model = await fakes.provider.get('l.nxs', {
      content: false,
      hash: true
    });
    expect(model.content).toBeNull();
    expect(fakes.asked).toEqual([{ content: false, hash: true }]);
  });

  it('never loads a data set', async () => {
    const fakes = new Fakes();
    fakes.size = 34e9;
    await expect(
      fakes.provider.get('scan.nxs', { content: true })
    ).rejects.toThrow('too large for a process list');
    expect(fakes.asked.every(options => !options?.content)).toBe(true);
  });

  it('takes a new file for an empty list', async () => {
    const fakes = new Fakes();
    fakes.content = '';
    const model = await fakes.provider.get('l.nxs', { content: true });
    expect(parseList(String(model.content), trans)).toEqual(EMPTY);
  });

  it('says what is wrong and what to do', async () => {
    const fakes = new Fakes();
    fakes.content = 'bad';
    await expect(
      fakes.provider.get('l.nxs', { content: true })
    ).rejects.toThrow('It is damaged. Copy it again.');
    await expect(
      fakes.provider.save('l.nxs', { content: 'no list' })
    ).rejects.toThrow('not a JSON object');
  });
});

describe('an open list', () => {
  async function opened(): Promise<{
    context: Context<DocumentRegistry.ICodeModel>;
    model: SavuListModel;
  }> {
    const manager = new ServiceManagerMock();
    await manager.contents.save('l.txt', {
      type: 'file',
      format: 'text',
      content: printList(LIST)
    });
    const context = new Context<DocumentRegistry.ICodeModel>({
      manager,
      factory: new SavuModelFactory(),
      path: 'l.txt'
    });
    await context.initialize(false);
    const lists = { savuPlugins: () => Promise.reject(new Error('not asked')) };
    const model = new SavuListModel(
      context,
      new Catalogues(lists, null, trans),
      trans
    );
    return { context, model };
  }
  const names = (model: SavuListModel): string =>
    model.list.plugins.map(({ name }) => name).join('');
  const loader = PLUGINS[0];

  it('is read, changed, undone and redone, one step each', async () => {
    const { context, model } = await opened();
    expect(names(model)).toBe('AB');
    expect(context.model.dirty).toBe(false);
    model.move(0, 1);
    expect(names(model)).toBe('BA');
    expect(context.model.dirty).toBe(true);
    model.selected = 1;
    model.set('snr', 5);
    model.remove(0);
    expect(model.list.plugins).toEqual([
      { ...LIST.plugins[0], data: '{"snr": 5}' }
    ]);
    model.undo();
    expect(names(model)).toBe('BA');
    model.undo();
    expect(model.list.plugins[1].data).toBe('{"snr": 3.0}');
    model.undo();
    expect(model.list).toEqual(LIST);
    expect(model.canUndo).toBe(false);
    model.redo();
    expect(names(model)).toBe('BA');
    model.dispose();
  });

  it('gets a loader before all else, and other plugins after the chosen one', async () => {
    const { model } = await opened();
    model.add(loader);
    expect(names(model)).toBe('NxtomoLoaderAB');
    expect(model.selected).toBe(0);
    model.selected = 1;
    const other =
      PLUGINS.find(({ name }) => name === 'RemoveAllRings') ?? loader;
    model.add(other);
    expect(names(model)).toBe('NxtomoLoaderARemoveAllRingsB');
    expect(model.plugin).toEqual(newPlugin(other));
    model.dispose();
  });

  it('keeps the last list while the text is none, and says so', async () => {
    const { context, model } = await opened();
    context.model.sharedModel.setSource('{');
    expect(model.problem).toContain('not a JSON object');
    expect(model.list).toEqual(LIST);
    context.model.sharedModel.setSource(printList(EMPTY));
    expect(model.problem).toBe('');
    expect(model.selected).toBe(-1);
    model.dispose();
  });

  it('is not changed when it cannot be written', async () => {
    const { context, model } = await opened();
    context.model.readOnly = true;
    model.remove(0);
    model.set('snr', 1);
    expect(model.list).toEqual(LIST);
    model.dispose();
  });
});
