import { nullTranslator } from '@jupyterlab/translation';
import type { Context, DocumentRegistry } from '@jupyterlab/docregistry';

import { ApiError } from '../../api';
import type { Description } from '../../api';
import { recipeText } from '../../recipe';
import { RecipeSession } from '../session';
import { contextOf, DESCRIPTION, FakeApi } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');

const TEXT = `{
  "version": 1,
  "dataset": { "path": "ct/" },
  "filters": [{"name":"outliers"}]
}
`;

describe('RecipeSession', () => {
  let api: FakeApi;
  let context: Context<DocumentRegistry.ICodeModel>;
  let session: RecipeSession;
  let warnings: string[];
  let changes: string[];

  async function open(text: string): Promise<void> {
    api = new FakeApi();
    warnings = [];
    changes = [];
    context = await contextOf(text);
    session = new RecipeSession({
      context,
      api: api.client,
      warn: sentence => warnings.push(sentence),
      trans
    });
    session.changed.connect((_, change) => changes.push(change));
    await context.ready;
    await settle();
  }

  async function settle(milliseconds = 0): Promise<void> {
    await jest.advanceTimersByTimeAsync(milliseconds);
  }

  const source = (): string => context.model.sharedModel.getSource();

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
  });

  afterEach(() => {
    session.dispose();
    context.dispose();
    jest.useRealTimers();
  });

  it('reads the recipe and describes its data after a pause', async () => {
    await open(TEXT);
    expect(session.path).toBe('sub/ct.tomo.json');
    expect(session.name).toBe('ct');
    expect(session.recipe.filters).toEqual([{ name: 'outliers' }]);
    expect(session.problems).toEqual([]);
    expect(session.description.state).toBe('pending');
    await settle(299);
    expect(api.described).toHaveLength(0);
    await settle(1);
    expect(session.description).toEqual({ state: 'ready', value: DESCRIPTION });
    expect(session.base).toBe('/srv/sub');
    expect(api.described[0].base).toBe('/srv/sub');
    expect(api.described[0].recipe).toEqual(session.recipe);
  });

  it('knows the axis of the last slice as long as the data are the same', async () => {
    await open(TEXT);
    changes.length = 0;
    const axis = { column: 132.4, row: 47, tilt: 1.2 };
    session.tookAxis(axis, session.recipe);
    session.tookAxis({ ...axis }, session.recipe);
    expect(session.usedAxis).toEqual(axis);
    expect(changes).toEqual(['axis']);
    // Nobody is told of each one while a hand moves it.
    session.edit({ path: ['regions', 'centre', 'column'], value: 133 });
    changes.length = 0;
    const stated = { column: 133, row: 47, tilt: 0 };
    session.tookAxis(stated, session.recipe);
    expect([session.usedAxis, changes]).toEqual([stated, []]);
    const { recipe } = session;
    session.edit({ path: ['dataset', 'rotate'], value: 90 });
    expect(session.usedAxis).toBeNull();
    // A slice that was on its way then.
    session.tookAxis(axis, recipe);
    expect(session.usedAxis).toBeNull();
  });

  it('looks again at files that may have been written anew, without a word', async () => {
    await open(TEXT);
    await session.lookAgain();
    expect(api.described).toHaveLength(0);
    await settle(300);
    changes.length = 0;
    await session.lookAgain();
    expect(api.described).toHaveLength(2);
    expect(changes).toEqual([]);
    api.answer = () => Promise.reject(new Error('nobody answers'));
    await session.lookAgain();
    expect(session.description.state).toBe('ready');
    expect(changes).toEqual([]);
    const value = { ...DESCRIPTION, stamp: 'another' };
    api.answer = () => Promise.resolve(value);
    await session.lookAgain();
    expect(session.description).toEqual({ state: 'ready', value });
    expect(changes).toEqual(['description']);
  });

  it('has nothing to describe without a data set', async () => {
    await open(recipeText());
    await settle(1000);
    expect(session.description).toEqual({ state: 'none' });
    expect(api.described).toHaveLength(0);
  });

  it('edits the text minimally, in one undo step', async () => {
    await open(TEXT);
    session.edit(
      { path: ['regions', 'centre', 'column'], value: 399.4 },
      { path: ['filters', 0, 'size'], value: 5 }
    );
    const edited = source();
    expect(edited).toBe(`{
  "version": 1,
  "dataset": { "path": "ct/" },
  "regions": { "centre": { "column": 399.4 } },
  "filters": [{"name":"outliers", "size": 5}]
}
`);
    expect(changes.filter(change => change === 'recipe')).toHaveLength(2);
    expect(context.model.dirty).toBe(true);
    session.undo();
    expect(source()).toBe(TEXT);
    expect(session.recipe.regions).toBeUndefined();
    session.redo();
    expect(source()).toBe(edited);
    expect(session.recipe.regions?.centre?.column).toBe(399.4);
  });

  it('keeps different things apart in the undo history, and a drag together', async () => {
    await open(TEXT);
    session.edit({ path: ['filters', 0, 'enabled'], value: false });
    for (const column of [1, 2, 3]) {
      session.edit({ path: ['regions', 'centre', 'column'], value: column });
    }
    session.undo();
    expect(session.recipe.regions).toBeUndefined();
    expect(session.recipe.filters?.[0].enabled).toBe(false);
    session.undo();
    expect(source()).toBe(TEXT);
  });

  it('keeps the last valid recipe while the text is invalid', async () => {
    await open(TEXT);
    context.model.sharedModel.setSource(TEXT.replace('"version"', '"versio"'));
    expect(session.problems).toEqual([
      'The recipe needs the key "version".',
      'versio is an unknown key; known here: version, dataset, regions, filters, reconstruction, output.'
    ]);
    expect(session.recipe.dataset?.path).toBe('ct/');
    context.model.sharedModel.setSource(TEXT.slice(0, 20));
    expect(session.problems[0]).toMatch(/not valid JSON at line 3/);
    session.edit({ path: ['regions', 'roi'], value: [0, 0, 5, 5] });
    expect(warnings[0]).toMatch(/not valid JSON.*text editor/);
    expect(source()).toBe(TEXT.slice(0, 20));
    context.model.sharedModel.setSource(TEXT);
    expect(session.problems).toEqual([]);
  });

  it('starts an empty document as the default recipe', async () => {
    await open('');
    expect(session.problems[0]).toMatch(/empty/);
    session.edit({ path: ['dataset', 'path'], value: 'ct/' });
    expect(source()).toBe(recipeText({ dataset: { path: 'ct/' } }));
    expect(session.problems).toEqual([]);
  });

  it('does not change what cannot be written', async () => {
    await open(TEXT);
    context.model.readOnly = true;
    session.edit({ path: ['filters', 0, 'size'], value: 5 });
    expect(source()).toBe(TEXT);
    expect(warnings).toHaveLength(1);
  });

  it('describes again only when something of the data set changes', async () => {
    await open(TEXT);
    await settle(300);
    session.edit({ path: ['filters', 0, 'size'], value: 5 });
    await settle(1000);
    expect(api.described).toHaveLength(1);
    session.edit({ path: ['dataset', 'rotate'], value: 90 });
    expect(session.description.state).toBe('ready');
    await settle(300);
    expect(api.described).toHaveLength(2);
    session.edit({ path: ['dataset', 'path'], value: 'other/' });
    expect(session.description.state).toBe('pending');
    session.edit({ path: ['dataset'], value: undefined });
    expect(session.description.state).toBe('none');
    await settle(1000);
    expect(api.described).toHaveLength(2);
  });

  it('drops the description of a data set that is not the one any more', async () => {
    await open(TEXT);
    let answer: (description: Description) => void = () => undefined;
    api.answer = () => new Promise(resolve => (answer = resolve));
    await settle(300);
    session.edit({ path: ['dataset', 'path'], value: 'other/' });
    answer(DESCRIPTION);
    await settle();
    expect(session.description.state).toBe('pending');
  });

  it('shows why there is no description, and tries again when the service is back', async () => {
    await open(TEXT);
    const failure = {
      code: 'network',
      message: 'No answer.',
      where: '',
      hint: ''
    };
    api.answer = () => Promise.reject(new ApiError(failure));
    await settle(300);
    expect(session.description).toEqual({ state: 'failed', failure });
    api.answer = () => Promise.resolve(DESCRIPTION);
    api.connection.emit({ failure: null });
    await settle();
    expect(session.description.state).toBe('ready');
  });

  it('stands in the middle row at first and stays inside the data', async () => {
    await open(TEXT);
    session.moveTo({ row: -5, frame: 1e6 });
    expect(session.position).toEqual({
      mode: 'projection',
      frame: 1e6,
      row: 0
    });
    await settle(300);
    expect(session.position).toEqual({ mode: 'projection', frame: 0, row: 64 });
    session.moveTo({ mode: 'slice', row: 500, frame: 375.6 });
    expect(session.position).toEqual({ mode: 'slice', frame: 375, row: 127 });
    api.answer = () => Promise.resolve({ ...DESCRIPTION, rows: 100 });
    session.edit({ path: ['dataset', 'rotate'], value: 90 });
    await settle(300);
    expect(session.position.row).toBe(99);
    const before = changes.length;
    session.moveTo({ row: 99 });
    expect(changes).toHaveLength(before);
  });

  it('follows the file when it moves', async () => {
    await open(TEXT);
    await settle(300);
    await context.rename('moved.tomo.json');
    await settle(300);
    expect(session.path).toBe('sub/moved.tomo.json');
    expect(session.name).toBe('moved');
    expect(api.resolved).toEqual(['sub/ct.tomo.json', 'sub/moved.tomo.json']);
    expect(changes).toContain('path');
  });

  it('is where it was moved to, though its old place is still asked for', async () => {
    api = new FakeApi();
    context = await contextOf(TEXT);
    const answers: ((folder: string) => void)[] = [];
    api.resolve = path =>
      new Promise(resolve => {
        const file = path.slice(path.lastIndexOf('/'));
        answers.push(folder =>
          resolve({ resource: '', path: folder + file, directory: false })
        );
      });
    session = new RecipeSession({
      context,
      api: api.client,
      warn: () => undefined,
      trans
    });
    await context.ready;
    await settle(300);
    expect(answers).toHaveLength(1);
    await context.rename('moved.tomo.json');
    await settle();
    answers[1]('/new');
    await settle();
    answers[0]('/old');
    await settle(300);
    answers.slice(2).forEach(answer => answer('/new'));
    await settle();
    expect(session.base).toBe('/new');
    expect(api.described.at(-1)?.base).toBe('/new');
  });

  it('asks the resource that sees the data, and again after a log-in', async () => {
    await open(TEXT);
    api.answer = () =>
      Promise.reject(
        new ApiError({
          code: 'logged-out',
          message: 'Nobody is logged in.',
          where: 'scarf',
          hint: 'Log in.'
        })
      );
    session.edit(
      { path: ['dataset', 'path'], value: '/work3/g/u/ct' },
      { path: ['dataset', 'resource'], value: 'scarf' }
    );
    await settle(300);
    expect(api.described.at(-1)).toMatchObject({ resource: 'scarf' });
    expect(session.description).toMatchObject({ state: 'failed' });
    const count = api.described.length;
    api.notices.emit({ rev: 1, kind: 'resource', id: 'other' });
    api.notices.emit({ rev: 2, kind: 'job', id: 'scarf' });
    await settle();
    expect(api.described).toHaveLength(count);
    api.answer = () => Promise.resolve(DESCRIPTION);
    api.notices.emit({ rev: 3, kind: 'resource', id: 'scarf' });
    await settle();
    expect(session.description.state).toBe('ready');
    // It waits for nothing any more.
    api.notices.emit({ rev: 4, kind: 'resource', id: 'scarf' });
    await settle();
    expect(api.described).toHaveLength(count + 1);
    await session.findCentre();
    expect(api.asked.at(-1)).toMatchObject({ resource: 'scarf' });
  });

  it('describes again when another resource sees the same path', async () => {
    await open(TEXT);
    await settle(300);
    expect(api.described).toHaveLength(1);
    expect(api.described[0].resource).toBeUndefined();
    session.edit({ path: ['dataset', 'resource'], value: 'scarf' });
    expect(session.description.state).toBe('pending');
    await settle(300);
    expect(api.described).toHaveLength(2);
  });

  it('says nothing after its end', async () => {
    await open(TEXT);
    session.dispose();
    const before = changes.length;
    context.model.sharedModel.setSource(recipeText());
    await settle(1000);
    expect(changes).toHaveLength(before);
    expect(api.described).toHaveLength(0);
    expect(session.isDisposed).toBe(true);
  });
});
