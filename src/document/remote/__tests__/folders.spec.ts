import { ApiError } from '../../../api';
import type { Folder, FolderRequest, IApiClient } from '../../../api';
import { FolderModel, isData } from '../model';

const MODIFIED = '2026-11-20T10:00:00.000Z';

function entry(name: string, directory = false): Folder['entries'][number] {
  return { name, directory, size: directory ? 0 : 1234, modified: MODIFIED };
}

const TREE: Record<string, Folder['entries']> = {
  '/work3/g/ann': [
    entry('alpha', true),
    entry("be'ta", true),
    entry('scan.nxs'),
    entry('notes.txt')
  ],
  "/work3/g/ann/be'ta": [],
  '/work3/g': [entry('ann', true), entry('bob', true)],
  '/': [entry('work3', true)]
};

class FakeCluster {
  readonly asked: FolderRequest[] = [];
  /** Paths whose answers wait. */
  readonly held = new Map<string, () => void>();
  readonly hold = new Set<string>();

  folder = async (
    request: FolderRequest,
    signal?: AbortSignal
  ): Promise<Folder> => {
    this.asked.push(request);
    const path = request.path || '/work3/g/ann';
    if (this.hold.has(path)) {
      await new Promise<void>((resolve, reject) => {
        this.held.set(path, resolve);
        signal?.addEventListener('abort', () =>
          reject(new DOMException('', 'AbortError'))
        );
      });
    }
    if (!(path in TREE)) {
      throw new ApiError({
        code: 'no-file',
        message: `There is no folder ${path}.`,
        where: path,
        hint: 'Begin with one of the places.'
      });
    }
    return {
      path,
      parent: path === '/' ? null : path.replace(/\/[^/]*$/, '') || '/',
      truncated: false,
      places: [{ title: 'work', path: '/work3/g/ann' }],
      entries: TREE[path]
    };
  };

  get client(): IApiClient {
    return this as unknown as IApiClient;
  }
}

describe('the folders of a cluster', () => {
  let cluster: FakeCluster;
  let model: FolderModel;

  beforeEach(async () => {
    cluster = new FakeCluster();
    model = new FolderModel(cluster.client, 'scarf');
    await model.go('');
  });

  afterEach(() => {
    model.dispose();
  });

  it('begin where one begins, and the folder shown is what opens', () => {
    expect(cluster.asked).toEqual([{ resource: 'scarf', path: '' }]);
    expect(model.folder?.path).toBe('/work3/g/ann');
    expect(model.choice).toEqual({ path: '/work3/g/ann', directory: true });
  });

  it('open the selected folder or data file, never another file', () => {
    model.select(1);
    expect(model.choice).toEqual({
      path: "/work3/g/ann/be'ta",
      directory: true
    });
    model.select(2);
    expect(model.choice).toEqual({
      path: '/work3/g/ann/scan.nxs',
      directory: false
    });
    model.select(3);
    expect(model.choice).toEqual({ path: '/work3/g/ann', directory: true });
    expect(TREE['/work3/g/ann'].map(isData)).toEqual([true, true, true, false]);
  });

  it('are gone into and out of, and the one left is selected', async () => {
    expect(model.enter(2)).toBe(false);
    expect(model.enter(1)).toBe(true);
    await Promise.resolve();
    await new Promise(resolve => setTimeout(resolve));
    expect(model.folder?.entries).toEqual([]);
    expect(model.selected).toBe(-1);
    await model.go('/work3/g/ann');
    expect(model.selected).toBe(1);
    await model.up();
    expect(model.folder?.path).toBe('/work3/g');
    expect(model.selected).toBe(0);
  });

  it('stay as they are when one cannot be read, which is said', async () => {
    await model.go('/nowhere');
    expect(model.failure).toMatchObject({ code: 'no-file' });
    expect(model.folder?.path).toBe('/work3/g/ann');
    expect(model.busy).toBe(false);
    await model.go('/');
    expect(model.failure).toBeNull();
    await model.up();
    expect(cluster.asked.at(-1)?.path).toBe('/');
  });

  it('show the one asked for last', async () => {
    cluster.hold.add('/work3/g');
    const first = model.go('/work3/g');
    expect(model.busy).toBe(true);
    await model.go('/');
    await first;
    expect(model.folder?.path).toBe('/');
    expect(model.failure).toBeNull();
    expect(model.busy).toBe(false);
  });

  it('know of a path that was written and not gone to', async () => {
    model.write(' /work3/g ');
    expect(model.written).toBe('/work3/g');
    await model.go('/work3/g');
    expect(model.written).toBeNull();
    model.write('/nowhere');
    await model.go('/nowhere');
    // Nothing else is opened in its place.
    expect(model.written).toBe('/nowhere');
    model.write('/work3/g');
    expect(model.written).toBeNull();
    model.write('/elsewhere');
    model.select(0);
    expect(model.written).toBeNull();
  });

  it('are found by typing', () => {
    model.type('n', 1000);
    expect(model.selected).toBe(3);
    model.type('s', 5000);
    model.type('c', 5100);
    expect(model.selected).toBe(2);
    model.type('x', 9000);
    expect(model.selected).toBe(2);
    model.select(99);
    expect(model.selected).toBe(3);
  });
});
