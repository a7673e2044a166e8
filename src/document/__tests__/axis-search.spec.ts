import { nullTranslator } from '@jupyterlab/translation';
import type { Context, DocumentRegistry } from '@jupyterlab/docregistry';

import { ApiError } from '../../api';
import { recipeText } from '../../recipe';
import { RecipeSession } from '../session';
import { CENTRE, contextOf, DESCRIPTION, FakeApi } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');

const TEXT = `{
  "version": 1,
  "dataset": { "path": "ct/" },
  "filters": [{"name":"outliers"}]
}
`;

describe('The axis of rotation of a session', () => {
  let api: FakeApi;
  let context: Context<DocumentRegistry.ICodeModel>;
  let session: RecipeSession;

  async function open(text: string): Promise<void> {
    api = new FakeApi();
    context = await contextOf(text);
    session = new RecipeSession({
      context,
      api: api.client,
      warn: () => undefined,
      trans
    });
    await context.ready;
    await settle();
  }

  async function settle(milliseconds = 0): Promise<void> {
    await jest.advanceTimersByTimeAsync(milliseconds);
  }

  async function fails(): Promise<void> {
    await session.findCentre();
    expect(session.centre.state).toBe('failed');
  }

  /** What is said of a search holds until regions or filters are others. */
  async function failsUntilAskedOtherwise(): Promise<void> {
    await fails();
    // The output is no part of the search.
    session.edit({ path: ['output', 'folder'], value: 'elsewhere/' });
    expect(session.centre.state).toBe('failed');
    session.edit({ path: ['regions', 'centre', 'method'], value: 'opposite' });
    expect(session.centre.state).toBe('none');
    await fails();
    session.edit({ path: ['filters'], value: [] });
    expect(session.centre.state).toBe('none');
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

  it('writes a good centre of rotation into the recipe', async () => {
    await open(TEXT);
    await session.findCentre();
    expect(session.centre).toEqual({ state: 'ready', value: CENTRE });
    expect(session.recipe.regions?.centre).toEqual({ column: 399.443 });
    api.found = () => Promise.resolve({ ...CENTRE, tilt: 0.12345 });
    await session.findCentre();
    expect(session.recipe.regions?.centre).toEqual({
      column: 399.443,
      row: 63.5,
      tilt: 0.123
    });
  });

  it('says no more why there was no centre once another input is searched', async () => {
    await open(TEXT);
    const refused = new ApiError({
      code: 'centre',
      message: 'The pairs agree nowhere.',
      where: 'regions.centre.method',
      hint: ''
    });
    api.found = () => Promise.reject(refused);
    await failsUntilAskedOtherwise();
    // Nor does the end of another search bring it back.
    await fails();
    const finding = session.findCentre();
    session.edit({ path: ['regions', 'centre', 'method'], value: undefined });
    session.cancelCentre();
    await finding;
    expect(session.centre.state).toBe('none');
  });

  it('leaves an uncertain centre to the user', async () => {
    await open(TEXT);
    const uncertain: typeof CENTRE = {
      ...CENTRE,
      confidence: { level: 'uncertain', spread: 4 }
    };
    api.found = () => Promise.resolve(uncertain);
    await session.findCentre();
    expect(session.centre.state).toBe('ready');
    expect(source()).toBe(TEXT);
  });

  it('leaves alone what was set while a centre was looked for', async () => {
    await open(TEXT);
    let answer: (found: typeof CENTRE) => void = () => undefined;
    api.found = () => new Promise(resolve => (answer = resolve));
    const finding = session.findCentre();
    await settle();
    session.edit({ path: ['regions', 'centre', 'column'], value: 402 });
    answer(CENTRE);
    await finding;
    expect(session.recipe.regions?.centre).toEqual({ column: 402 });
    // The panel offers it.
    expect(session.centre).toEqual({ state: 'ready', value: CENTRE });
  });

  it('finds a centre no more when that is asked, and keeps the last answer', async () => {
    await open(TEXT);
    await session.findCentre();
    expect(session.centre.state).toBe('ready');
    session.edit({ path: ['regions', 'centre'], value: undefined });
    let answer: (found: typeof CENTRE) => void = () => undefined;
    api.found = () => new Promise(resolve => (answer = resolve));
    const finding = session.findCentre();
    await settle();
    expect(session.centre.state).toBe('pending');
    session.cancelCentre();
    expect(session.centre).toEqual({ state: 'ready', value: CENTRE });
    // It comes all the same, too late.
    answer({ ...CENTRE, column: 12 });
    await finding;
    expect(session.centre).toEqual({ state: 'ready', value: CENTRE });
    expect(session.recipe.regions?.centre).toBeUndefined();
    expect(api.stopped).toBe(true);
  });

  it('takes no axis of images that were turned since', async () => {
    await open(TEXT);
    let answer: (found: typeof CENTRE) => void = () => undefined;
    api.found = () => new Promise(resolve => (answer = resolve));
    const finding = session.findCentre();
    await settle();
    session.edit({ path: ['dataset', 'flip'], value: true });
    answer(CENTRE);
    await finding;
    expect(session.recipe.regions?.centre).toBeUndefined();
    expect(session.centre).toEqual({ state: 'none' });
  });

  it('says nothing of a search that failed after its input was another one', async () => {
    await open(TEXT);
    let fail: (reason: Error) => void = () => undefined;
    api.found = () => new Promise((_, reject) => (fail = reject));
    const finding = session.findCentre();
    await settle();
    session.edit({ path: ['filters'], value: [] });
    fail(new TypeError('No pairs.'));
    await finding;
    expect(session.centre).toEqual({ state: 'none' });
  });

  it('is looked for in the Python of a kernel by methods of other tools alone', async () => {
    await open(TEXT);
    const method = { title: '', help: '' };
    api.answer = () =>
      Promise.resolve({
        ...DESCRIPTION,
        centreMethods: [
          { ...method, name: 'opposite' },
          { ...method, name: 'tomopy-vo', tool: 'tomopy' }
        ]
      });
    await session.describe();
    for (const name of ['opposite', 'tomopy-vo']) {
      session.edit({ path: ['regions', 'centre', 'method'], value: name });
      await session.findCentre('conda-tomo');
    }
    const [own, other] = api.asked;
    expect(own).not.toHaveProperty('kernel');
    expect(other).toMatchObject({ base: '/srv/sub', kernel: 'conda-tomo' });
    expect(other.purpose).toBe(own.purpose);
    expect(other.purpose).toMatch(/^centre \d+$/);
  });

  it('is looked for no more when the session ends', async () => {
    await open(TEXT);
    api.found = () => new Promise(() => undefined);
    void session.findCentre();
    await settle();
    expect(api.stopped).toBe(false);
    session.dispose();
    expect(api.stopped).toBe(true);
  });

  it('says that a centre needs data', async () => {
    await open(recipeText());
    await session.findCentre();
    expect(session.centre).toMatchObject({
      state: 'failed',
      failure: { code: 'no-data-set' }
    });
    expect(api.asked).toHaveLength(0);
  });

  it('says so until the recipe has data, or another search is asked for', async () => {
    await open(recipeText());
    await failsUntilAskedOtherwise();
    await fails();
    session.edit({ path: ['dataset', 'path'], value: 'ct/' });
    expect(session.centre.state).toBe('none');
  });
});
