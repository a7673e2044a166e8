import { act, Simulate } from 'react-dom/test-utils';

import {
  button,
  choose,
  click,
  KNOWN,
  labelled,
  leave,
  show,
  type
} from './driving';
import { FakeSession, fakeContext, GRAPES } from './fakes';

describe('The data in the panel', () => {
  it('shows a chip a group and changes its role', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    expect(
      [...node.querySelectorAll('.jp-TomoChip-text')].map(
        each => each.textContent
      )
    ).toEqual([
      '376 projections',
      '10 flats',
      '10 darks',
      '5 ignored',
      '5 ignored'
    ]);
    expect(node.querySelectorAll('.jp-TomoChip.jp-mod-ignored')).toHaveLength(
      2
    );
    const menu = labelled(node, 'Role of bbob', HTMLSelectElement);
    expect(menu.options).toHaveLength(7);
    await choose(menu, 'flat');
    expect(session.recipe.dataset?.roles).toEqual({ bbob: 'flat' });
  });

  it('names a group only when its role does not', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    const names = (): (string | null)[] =>
      [...node.querySelectorAll('.jp-TomoChip-name')].map(
        each => each.textContent
      );
    expect(names()).toEqual(['ct5s', 'ob', 'dc', 'bbob', 'bbs']);
    await act(async () => {
      session.description = {
        state: 'ready',
        value: {
          ...GRAPES,
          groups: GRAPES.groups.map((group, index) => ({
            ...group,
            name: ['projections', 'flat', 'Darks', 'bbob', 'bbs'][index]
          }))
        }
      };
      session.changed.emit('description');
      await Promise.resolve();
    });
    expect(names()).toEqual(['bbob', 'bbs']);
  });

  it('says "1 projection" of a folder that is called "projections"', async () => {
    const session = new FakeSession();
    const [group] = GRAPES.groups;
    session.description = {
      state: 'ready',
      value: {
        ...GRAPES,
        groups: [{ ...group, count: 1, name: 'projections' }]
      }
    };
    const node = await show(fakeContext(session));
    expect(node.querySelector('.jp-TomoChip-text')?.textContent).toBe(
      '1 projection'
    );
    expect(node.querySelector('.jp-TomoChip-name')).toBeNull();
  });

  it('uses the proposed angles by one click', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    await click(button(node, 'Use 0 to 360°, both ends'));
    expect(session.recipe.dataset?.angles).toEqual({
      first: 0,
      last: 360,
      endpoint: true
    });
    expect(session.edits).toHaveLength(1);
  });

  it('states a region as numbers, for who does not draw', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    const { value } = { ...session.description } as {
      value?: { columns: number; rows: number };
    };
    expect(value).toBeDefined();
    await click(button(node, 'type it'));
    expect(session.recipe.regions?.roi).toEqual([
      0,
      0,
      value?.columns,
      value?.rows
    ]);
    labelled(node, 'Region: left', HTMLInputElement);
  });

  it('shows the angles of the recipe, also when they change elsewhere', async () => {
    const angles = { first: 0, last: 180, endpoint: true };
    const session = new FakeSession({ dataset: { path: 'a', angles } });
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session));
    await click(button(node, 'change'));
    const last = labelled(node, 'Last angle in degrees', HTMLInputElement);
    await type(last, '170');
    await act(async () => {
      // As undo does.
      session.edit({ path: ['dataset', 'angles'], value: angles });
      await Promise.resolve();
    });
    expect(last.value).toBe('180');
    await type(labelled(node, 'First angle in degrees', HTMLInputElement), '5');
    expect(session.recipe.dataset?.angles).toEqual({ ...angles, first: 5 });
  });

  it('corrects angles of the data from where they are', async () => {
    const session = new FakeSession({ dataset: { path: 'a' } });
    const angles = { ...KNOWN.angles, first: 0, last: 360 };
    session.description = { state: 'ready', value: { ...KNOWN, angles } };
    const node = await show(fakeContext(session));
    await click(button(node, 'change'));
    await type(labelled(node, 'First angle in degrees', HTMLInputElement), '5');
    expect(session.recipe.dataset?.angles).toMatchObject({
      first: 5,
      last: 360
    });
  });

  it('leaves out no projection that is not there', async () => {
    const session = new FakeSession({
      dataset: { path: 'a', exclude: [1, 2, 3] }
    });
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session));
    const field = labelled(node, 'Excluded projections', HTMLInputElement);
    // What is left out is among the frames that there are.
    await type(field, String(KNOWN.frames));
    expect(session.recipe.dataset?.exclude).toEqual([1, 2, 3]);
    // It stays to be mended, and says why.
    await leave(field);
    expect(field.value).toBe(String(KNOWN.frames));
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(field.validationMessage).toBe(
      'There is no projection 376: they are counted from 0 to 375.'
    );
    expect(field.title).toBe(field.validationMessage);
    await type(field, 'all');
    await leave(field);
    expect(field.value).toBe('all');
    expect(field.validationMessage).toContain('ranges of them: 17, 30-32');
    await act(async () => {
      Simulate.keyDown(field, { key: 'Escape' });
      await Promise.resolve();
    });
    expect(field.value).toBe('1-3');
    expect(field.validationMessage).toBe('');
    await type(field, String(KNOWN.frames - 1));
    expect(session.recipe.dataset?.exclude).toEqual([KNOWN.frames - 1]);
  });
});
