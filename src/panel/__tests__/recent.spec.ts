import type { Contents } from '@jupyterlab/services';
import { StateDB } from '@jupyterlab/statedb';

import { PanelModel } from '../model';
import { FakeClusters, FakeFiles, FakeJobs, fakeTracker } from './fakes';

/** A model that has seen some recipes in another session. */
async function modelWith(
  recent: string[]
): Promise<{ model: PanelModel; files: FakeFiles; state: StateDB }> {
  const state = new StateDB();
  await state.save('jupyterlab-tomo:panel', { recent });
  const files = new FakeFiles();
  const model = new PanelModel(
    fakeTracker(null),
    new FakeJobs(),
    new FakeClusters(),
    state,
    files
  );
  await model.isFirstSight();
  return { model, files, state };
}

function change(
  type: Contents.IChangedArgs['type'],
  from: string | null,
  to: string | null
): Contents.IChangedArgs {
  return {
    type,
    oldValue: from === null ? null : { path: from },
    newValue: to === null ? null : { path: to }
  };
}

describe('Recent recipes', () => {
  it('follow what is renamed or moved, alone or with its folder, and go with what is deleted', async () => {
    const { model, files, state } = await modelWith([
      'a/x.tomo.json',
      'a/b/y.tomo.json',
      'ab/z.tomo.json'
    ]);
    const tell = (args: Contents.IChangedArgs): void => files.tell(args);
    tell(change('rename', 'a', 'c'));
    expect(model.recent).toEqual([
      'c/x.tomo.json',
      'c/b/y.tomo.json',
      'ab/z.tomo.json'
    ]);
    tell(change('rename', 'c/x.tomo.json', 'x2.tomo.json'));
    tell(change('delete', 'c/b/y.tomo.json', null));
    tell(change('save', null, 'ab/z.tomo.json'));
    tell(change('new', null, 'new.tomo.json'));
    expect(model.recent).toEqual(['x2.tomo.json', 'ab/z.tomo.json']);
    expect(await state.fetch('jupyterlab-tomo:panel')).toMatchObject({
      recent: ['x2.tomo.json', 'ab/z.tomo.json']
    });
    model.dispose();
  });
});
