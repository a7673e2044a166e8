import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { nullTranslator } from '@jupyterlab/translation';
import { DisposableDelegate } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import { recipeText } from '../../recipe';
import type { IRecipeSession } from '../../tokens';
import { plainViewerFactory, summary } from '../fallback';
import { RecipeSessions } from '../sessions';
import { FACTORY, RecipeDocumentFactory } from '../widget';
import { contextOf, FakeApi } from './fakes';

const trans = nullTranslator.load('jupyterlab_tomo');

describe('RecipeDocumentFactory', () => {
  const api = new FakeApi();
  const seen: IRecipeSession[] = [];

  function factoryOf(
    viewer = {
      create: (session: IRecipeSession) => (seen.push(session), new Widget())
    }
  ): RecipeDocumentFactory {
    return new RecipeDocumentFactory({
      name: FACTORY,
      modelName: 'text',
      fileTypes: ['tomo-recipe'],
      sessions: new RecipeSessions({
        api: api.client,
        contents: new ServiceManagerMock().contents,
        warn: () => undefined,
        tell: () => new DisposableDelegate(() => undefined),
        trans
      }),
      viewer
    });
  }

  it('shares one session between the documents of a file', async () => {
    const context = await contextOf(recipeText());
    const factory = factoryOf();
    const [first, second] = [
      factory.createNew(context),
      factory.createNew(context)
    ];
    expect(first.session).toBe(second.session);
    expect(seen).toEqual([first.session, first.session]);
    first.dispose();
    expect(second.session.isDisposed).toBe(false);
    second.dispose();
    expect(second.session.isDisposed).toBe(true);
    const third = factory.createNew(context);
    expect(third.session).not.toBe(first.session);
    third.dispose();
    context.dispose();
  });

  it('looks at its files again when somebody comes back to it, not at each step inside', async () => {
    const context = await contextOf(recipeText());
    const factory = factoryOf();
    const document = factory.createNew(context);
    const look = jest.spyOn(document.session, 'lookAgain').mockResolvedValue();
    let now = 10_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    window.dispatchEvent(new Event('focus'));
    expect(look).not.toHaveBeenCalled();
    Widget.attach(document, window.document.body);
    look.mockClear();
    now += 10_000;
    window.dispatchEvent(new Event('focus'));
    expect(look).toHaveBeenCalledTimes(1);
    now += 10_000;
    const enter = (relatedTarget: Element): boolean =>
      document.node.dispatchEvent(new FocusEvent('focusin', { relatedTarget }));
    enter(document.content.node);
    expect(look).toHaveBeenCalledTimes(1);
    enter(window.document.body);
    enter(window.document.body);
    expect(look).toHaveBeenCalledTimes(2);
    document.dispose();
    now += 10_000;
    window.dispatchEvent(new Event('focus'));
    expect(look).toHaveBeenCalledTimes(2);
    context.dispose();
    jest.restoreAllMocks();
  });

  it('keeps two files apart', async () => {
    const contexts = [
      await contextOf(recipeText(), 'a.tomo.json'),
      await contextOf(recipeText(), 'b.tomo.json')
    ];
    const factory = factoryOf();
    const documents = contexts.map(context => factory.createNew(context));
    documents[0].session.edit({ path: ['dataset', 'path'], value: 'ct' });
    await Promise.all(contexts.map(context => context.ready));
    expect(
      documents.map(document => document.session.recipe.dataset?.path)
    ).toEqual(['ct', undefined]);
    expect(documents.map(document => document.title.label)).toEqual([
      'a.tomo.json',
      'b.tomo.json'
    ]);
    documents.forEach(document => document.dispose());
    contexts.forEach(context => context.dispose());
  });

  it('shows the recipe in words when there is no viewer', async () => {
    const context = await contextOf(recipeText({ dataset: { path: 'ct' } }));
    const document = factoryOf(plainViewerFactory(trans)).createNew(context);
    await context.ready;
    await new Promise(resolve => setTimeout(resolve, 0));
    const lines = summary(document.session, trans);
    expect(lines[0]).toBe('Data set: ct');
    expect(lines[2]).toContain(
      'Outliers, Flat and dark, Air region, Minus log'
    );
    expect(document.content.node.textContent).toBe(lines.join('\n'));
    document.dispose();
    context.dispose();
  });
});
