import { act, Simulate } from 'react-dom/test-utils';

import type { Description } from '../../api';
import { columnAt } from '../../recipe';
import { button, click, labelled, show, type } from './driving';
import { CENTRE, FakeSession, GRAPES, fakeContext } from './fakes';

const COLUMN = 'Column of the axis of rotation; empty: found by the run';

type CentreMethod = NonNullable<Description['centreMethods']>[number];

describe('The axis in the panel', () => {
  it('moves the axis by 0.05 and by 1 with shift', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { centre: { column: 399.45 } }
    });
    const node = await show(fakeContext(session));
    await click(labelled(node, 'More', HTMLButtonElement));
    expect(session.recipe.regions?.centre?.column).toBe(399.5);
    await click(labelled(node, 'Less', HTMLButtonElement), true);
    expect(session.recipe.regions?.centre?.column).toBe(398.5);
    await type(
      labelled(
        node,
        'Column of the axis of rotation; empty: found by the run',
        HTMLInputElement
      ),
      '401,25'
    );
    expect(session.recipe.regions?.centre?.column).toBe(401.25);
    // The image has 835 columns.
    for (const outside of ['835', '-1']) {
      await type(
        labelled(
          node,
          'Column of the axis of rotation; empty: found by the run',
          HTMLInputElement
        ),
        outside
      );
      expect(session.recipe.regions?.centre?.column).toBe(401.25);
      // It stays where it was typed, and says what may stand there.
      const refused = labelled(
        node,
        'Column of the axis of rotation; empty: found by the run',
        HTMLInputElement
      );
      expect(refused.value).toBe(outside);
      expect(refused.title).toBe('From 0 to 834.');
      expect(refused.validationMessage).toBe('From 0 to 834.');
    }
    await type(
      labelled(
        node,
        'Column of the axis of rotation; empty: found by the run',
        HTMLInputElement
      ),
      ''
    );
    expect(session.recipe.regions?.centre).toBeUndefined();
  });

  it('takes row and tilt of a found axis with its column', async () => {
    const session = new FakeSession();
    const found = {
      ...CENTRE,
      column: 400.12,
      row: 63.5,
      tilt: 0.3,
      confidence: { ...CENTRE.confidence, level: 'uncertain' as const }
    };
    session.centre = { state: 'ready', value: found };
    const node = await show(fakeContext(session));
    await click(button(node, 'use 400.12 all the same'));
    const centre = { column: 400.12, row: 63.5, tilt: 0.3 };
    expect(session.edits[0]).toEqual([
      { path: ['regions', 'centre'], value: centre }
    ]);
    await act(async () => {
      session.edit({ path: ['regions', 'centre'], value: undefined });
      await Promise.resolve();
    });
    await click(labelled(node, 'More', HTMLButtonElement));
    expect(session.recipe.regions?.centre).toEqual({
      ...centre,
      column: 400.17
    });
  });

  it.each([
    [
      'More',
      (node: HTMLElement) => click(labelled(node, 'More', HTMLButtonElement)),
      400.161
    ],
    [
      'an arrow key',
      (node: HTMLElement) =>
        act(async () => {
          const key = { key: 'ArrowDown', shiftKey: true };
          Simulate.keyDown(labelled(node, COLUMN, HTMLInputElement), key);
        }),
      399.111
    ],
    [
      'the wheel',
      (node: HTMLElement) =>
        act(async () => {
          const field = labelled(node, COLUMN, HTMLInputElement);
          field.focus();
          field.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
        }),
      400.161
    ]
  ])(
    'goes on with %s from the axis about which the slice that is seen was made',
    async (_, step, column) => {
      const session = new FakeSession({
        dataset: { path: 'a' },
        // The runner does not look at a tilt without a column.
        regions: { centre: { tilt: 5, method: 'pairs' } }
      });
      session.centre = { state: 'ready', value: CENTRE };
      const node = await show(fakeContext(session));
      const used = { column: 400.1114, row: 20, tilt: 0.31 };
      await act(async () => session.tookAxis(used));
      await step(node);
      expect(session.edits).toHaveLength(1);
      expect(session.recipe.regions?.centre).toEqual({
        ...{ column, row: 20, tilt: 0.31 },
        method: 'pairs'
      });
    }
  );

  it('begins at the middle while nothing is known of the axis', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    await click(labelled(node, 'More', HTMLButtonElement));
    expect(session.recipe.regions?.centre).toEqual({ column: 417.05 });
  });

  it('offers a good axis that the recipe does not have', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { centre: { column: 402 } }
    });
    session.centre = {
      state: 'ready',
      value: { ...CENTRE, column: 399.44321 }
    };
    const node = await show(fakeContext(session));
    await click(button(node, 'use 399.44'));
    expect(session.recipe.regions?.centre).toMatchObject({
      column: 399.443
    });
    expect(node.textContent).not.toContain('use 399.44');
  });

  it('says once why several methods cannot be used', async () => {
    const session = new FakeSession({ dataset: { path: 'a' } });
    const method = (name: string, why?: string): CentreMethod => ({
      name,
      title: `By ${name}`,
      help: '',
      ...(why && { why })
    });
    const missing = 'TomoPy is not installed.';
    session.description = {
      state: 'ready',
      value: {
        ...GRAPES,
        centreMethods: [
          method('auto'),
          method('vo', missing),
          method('overlap', 'The angles end at 180°.'),
          method('pc', missing)
        ]
      }
    };
    const node = await show(fakeContext(session));
    const reasons = [...node.querySelectorAll('.jp-TomoMissing p')];
    expect(reasons.map(({ textContent }) => textContent)).toEqual([
      'By vo, By pc: TomoPy is not installed.',
      'By overlap: The angles end at 180°.'
    ]);
  });

  it('leaves tilt and row to the run with the column, and keeps the method', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: {
        centre: { column: 399, row: 20, tilt: 1.5, method: 'pairs' }
      }
    });
    const node = await show(fakeContext(session));
    await type(labelled(node, COLUMN, HTMLInputElement), '');
    expect(session.recipe.regions?.centre).toEqual({ method: 'pairs' });
  });

  it('takes a tilt beside a column alone: that of the slice that is seen', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { centre: { tilt: 5 } }
    });
    const node = await show(fakeContext(session));
    const field = labelled(
      node,
      'Tilt of the axis in degrees',
      HTMLInputElement
    );
    expect([field.disabled, field.value]).toEqual([true, '']);
    expect(field.title).toContain('beside a column alone');
    await act(async () =>
      session.tookAxis({ column: 400.1114, row: 20, tilt: 0.3104 })
    );
    expect([field.disabled, field.value]).toEqual([false, '']);
    expect(field.placeholder).toBe('0.31');
    expect(field.title).toBe('Tilt of the axis in degrees');
    await type(field, '0.5');
    const centre = { column: 400.111, row: 20, tilt: 0.5 };
    expect(session.recipe.regions?.centre).toEqual(centre);
    expect(field.value).toBe('0.5');
    await type(field, '0');
    expect(session.recipe.regions?.centre).toEqual({
      column: 400.111,
      row: 20
    });
    // And with an arrow key from what is used.
    await type(labelled(node, COLUMN, HTMLInputElement), '');
    await act(async () => Simulate.keyDown(field, { key: 'ArrowUp' }));
    expect(session.recipe.regions?.centre).toEqual({
      ...centre,
      tilt: 0.32
    });
  });

  it('does not commit what is not a number', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { centre: { column: 399 } }
    });
    const node = await show(fakeContext(session));
    const tilt = labelled(
      node,
      'Tilt of the axis in degrees',
      HTMLInputElement
    );
    await type(tilt, '45');
    expect(session.edits).toHaveLength(0);
    await type(tilt, '0.5');
    expect(session.recipe.regions?.centre?.tilt).toBe(0.5);
  });

  it('says that a tilt rotates the projections, and what that takes', async () => {
    const session = new FakeSession();
    const columns = 2048;
    session.description = { state: 'ready', value: { ...GRAPES, columns } };
    session.edit({
      path: ['regions', 'centre'],
      value: { column: 1000, tilt: 0.02 }
    });
    const node = await show(fakeContext(session));
    const said = (): string | null => node.textContent;
    expect(said()).not.toContain('rotates the projections');
    await act(async () =>
      session.edit({ path: ['regions', 'centre', 'tilt'], value: -0.05 })
    );
    expect(said()).toContain('rotates the projections');
    await act(async () => session.tookRow(3.44));
    expect(said()).toContain('rotates the projections: 3.4 s a row');
    // The axis that the run is to find has no tilt yet.
    await act(async () =>
      session.edit({ path: ['regions', 'centre', 'column'], value: undefined })
    );
    expect(said()).not.toContain('rotates the projections');
  });

  it('says how far the centre finder agrees', async () => {
    const session = new FakeSession();
    session.centre = { state: 'ready', value: CENTRE };
    const node = await show(fakeContext(session));
    expect(node.querySelector('.jp-mod-good')?.textContent).toBe(
      'agree, ± 0.08 px'
    );
  });

  it('tells of the axis that was found where the recipe has another one', async () => {
    const session = new FakeSession();
    session.centre = { state: 'ready', value: CENTRE };
    const { column, row, tilt } = CENTRE;
    const node = await show(fakeContext(session));
    const note = (): string | null | undefined =>
      node.querySelector('[title^="One standard deviation"]')?.textContent;
    // The same line, at its column in another row.
    const there = columnAt({ column, row, tilt }, row + 10);
    for (const [stated, told] of [
      [{ column, row, tilt }, 'agree, ± 0.08 px'],
      [{ column: there, row: row + 10, tilt }, 'agree, ± 0.08 px'],
      [
        { column: column + 0.05, row, tilt },
        `found ${column}: agree, ± 0.08 px`
      ],
      [{ column, row, tilt: tilt + 1 }, `found ${column}: agree, ± 0.08 px`]
    ] as const) {
      await act(async () =>
        session.edit({ path: ['regions', 'centre'], value: stated })
      );
      expect(note()).toBe(told);
    }
    expect(node.querySelector('.jp-mod-good')).toBeNull();
  });

  it('finds the centre no more when that is asked', async () => {
    const session = new FakeSession();
    session.centre = { state: 'pending' };
    const node = await show(fakeContext(session));
    expect(node.querySelector('[role="status"]')?.textContent).toBe('Finding…');
    await click(button(node, 'cancel'));
    expect(session.centre.state).toBe('none');
    expect(node.textContent).not.toContain('Finding…');
  });
});
