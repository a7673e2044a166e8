import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import type { Description } from '../../api';
import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import { CommandIDs } from '../../tokens';
import { fieldOf } from '../../field-names';
import { TomoPanel } from '../panel';
import {
  CENTRE,
  FakeJobs,
  FakeSession,
  fakeContext,
  GRAPES,
  job
} from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const KNOWN: Description = {
  ...GRAPES,
  angles: { ...GRAPES.angles, first: 0, last: 360, source: 'recipe' }
};

let panel: TomoPanel | null = null;

async function show(
  context: ReturnType<typeof fakeContext>
): Promise<HTMLElement> {
  panel = new TomoPanel(context);
  const shown = panel;
  await act(async () => {
    Widget.attach(shown, document.body);
    MessageLoop.sendMessage(shown, Widget.Msg.UpdateRequest);
    await Promise.resolve();
  });
  return shown.node;
}

function labelled<T extends Element>(
  node: ParentNode,
  label: string,
  kind: new () => T
): T {
  const found = node.querySelector(`[aria-label="${label}"]`);
  if (!(found instanceof kind)) {
    throw new Error(`Nothing is labelled ${label}.`);
  }
  return found;
}

function button(node: ParentNode, text: string): HTMLButtonElement {
  const found = [...node.querySelectorAll('button')].find(
    each => (each.textContent || each.getAttribute('aria-label')) === text
  );
  if (!found) {
    throw new Error(`No button says ${text}.`);
  }
  return found;
}

async function type(input: HTMLInputElement, text: string): Promise<void> {
  await act(async () => {
    input.value = text;
    Simulate.change(input);
    await Promise.resolve();
  });
  await act(async () => {
    Simulate.keyDown(input, { key: 'Enter' });
    await Promise.resolve();
  });
}

async function leave(input: HTMLInputElement): Promise<void> {
  await act(async () => {
    Simulate.blur(input);
    await Promise.resolve();
  });
}

async function click(element: Element, shiftKey = false): Promise<void> {
  await act(async () => {
    Simulate.click(element, { shiftKey });
    await Promise.resolve();
  });
}

async function choose(select: HTMLSelectElement, value: string): Promise<void> {
  await act(async () => {
    select.value = value;
    Simulate.change(select);
    await Promise.resolve();
  });
}

afterEach(() => {
  act(() => panel?.dispose());
  panel = null;
});

describe('TomoPanel', () => {
  it('has eight sections that fold', async () => {
    const node = await show(fakeContext(new FakeSession()));
    const titles = [...node.querySelectorAll('.jp-TomoSection-title')].map(
      each => each.textContent
    );
    expect(titles).toEqual([
      'Data',
      'Centre of rotation',
      'Filters',
      'Tool',
      'Output',
      'Run',
      'Jobs',
      'Setup'
    ]);
    const toggle = node.querySelector(
      '.jp-TomoSection-toggle'
    ) as HTMLButtonElement;
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
    await click(toggle);
    expect(node.querySelectorAll('.jp-TomoSection-body')).toHaveLength(7);
    expect(
      node
        .querySelector('.jp-TomoSection-toggle')
        ?.getAttribute('aria-expanded')
    ).toBe('false');
  });

  it('offers to open data when no recipe is open', async () => {
    const node = await show(fakeContext(null));
    expect(button(node, 'Open data…').disabled).toBe(false);
    expect(button(node, 'New recipe').disabled).toBe(false);
    expect(node.querySelectorAll('.jp-TomoSection')).toHaveLength(2);
  });

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

  it('does not commit what is not a number', async () => {
    const session = new FakeSession();
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

  it('uses some of the angles, from the ends of the data on, and turns slices', async () => {
    const session = new FakeSession();
    session.description = {
      state: 'ready',
      value: {
        ...GRAPES,
        angles: { ...GRAPES.angles, first: 360, last: 0, source: 'recipe' }
      }
    };
    const node = await show(fakeContext(session));
    const field = (label: string): HTMLInputElement =>
      labelled(node, label, HTMLInputElement);
    const press = async (label: string, keys: object): Promise<void> => {
      await act(async () => {
        Simulate.keyDown(field(label), keys);
        await Promise.resolve();
      });
    };
    const most = 'Largest angle that is used, in degrees; empty: no limit';
    expect(field(most).placeholder).toBe('360');
    await press(most, { key: 'ArrowDown', shiftKey: true });
    await press(most, { key: 'ArrowDown' });
    expect(session.recipe.reconstruction?.angles).toEqual({ to: 349 });
    await type(field('Of these the first and then every n-th projection'), '3');
    await press('Degrees by which slices are turned clockwise', {
      key: 'ArrowUp',
      shiftKey: true
    });
    expect(session.recipe.reconstruction).toMatchObject({
      angles: { to: 349, every: 3 },
      rotation: 1
    });
    await type(field('Of these the first and then every n-th projection'), '1');
    await type(field(most), '');
    expect(session.recipe.reconstruction?.angles).toBeUndefined();
  });

  it('says how far the centre finder agrees', async () => {
    const session = new FakeSession();
    session.centre = { state: 'ready', value: CENTRE };
    const node = await show(fakeContext(session));
    expect(node.querySelector('.jp-mod-good')?.textContent).toBe(
      'agree, ± 0.08 px'
    );
  });

  it('switches, opens and adds steps', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    expect(
      [...node.querySelectorAll('.jp-TomoStep-title')].map(
        each => each.textContent
      )
    ).toEqual(['Outliers', 'Flat and dark', 'Air region', 'Minus log']);
    await act(async () => {
      const box = labelled(node, 'Outliers: on', HTMLInputElement);
      box.checked = false;
      Simulate.change(box);
      await Promise.resolve();
    });
    expect(session.recipe.filters?.[0].enabled).toBe(false);
    await choose(
      labelled(node, 'Add a step', HTMLSelectElement),
      'stripes-sorting'
    );
    expect(session.recipe.filters?.[4]).toEqual({ name: 'stripes-sorting' });
    await click(labelled(node, 'Remove Stripes: sorting', HTMLButtonElement));
    expect(session.recipe.filters).toHaveLength(4);
  });

  it('says once what the steps take together that need the projections again', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    await choose(
      labelled(node, 'Add a step', HTMLSelectElement),
      'stripes-sorting'
    );
    const lines = (): (string | null)[] =>
      [...node.querySelectorAll('.jp-TomoSteps > li')].map(
        line => line.querySelector('.jp-TomoStep-title') && 'step'
      );
    const cost = (): string | null | undefined =>
      node.querySelector('.jp-TomoSteps-cost')?.textContent;
    // Stripes are removed in the browser, and cost nothing to speak of.
    expect(lines()).toEqual(['step', 'step', 'step', 'step', null, 'step']);
    expect(cost()).toBe('these by the server');
    await act(async () => session.tookRow(3.44));
    expect(cost()).toBe('these together, by the server: 3.4 s a row');
    await act(async () => session.tookRow(0.02));
    expect(cost()).toContain('< 0.1 s');
  });

  it('offers odd widths of medians, no wider than the image', async () => {
    const session = new FakeSession();
    const columns = 256;
    session.description = { state: 'ready', value: { ...KNOWN, columns } };
    const node = await show(fakeContext(session));
    await choose(
      labelled(node, 'Add a step', HTMLSelectElement),
      'stripes-sorting'
    );
    await click(
      node.querySelectorAll('.jp-TomoStep:last-child .jp-TomoStep-toggle')[0]
    );
    const { min, max, step } = node.querySelector(
      '.jp-TomoStep:last-child .jp-TomoSlider'
    ) as HTMLInputElement;
    expect([min, max, step]).toEqual(['3', '255', '2']);
  });

  it('shows choices in words, and keeps the values of the recipe', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    const filter = labelled(node, 'Filter', HTMLSelectElement);
    expect([...filter.options].map(option => option.text)).toEqual([
      'Ramp',
      'Shepp-Logan',
      'Cosine',
      'Hamming',
      'Hann'
    ]);
    await choose(filter, '4');
    expect(session.recipe.reconstruction?.parameters).toEqual({
      filter: 'hann'
    });
  });

  it('draws the form of a step from its schema and edits one key', async () => {
    jest.useFakeTimers();
    try {
      const session = new FakeSession();
      const node = await show(fakeContext(session));
      await click(node.querySelectorAll('.jp-TomoStep-toggle')[0]);
      const form = node.querySelector(
        '.jp-TomoStep-body .jp-TomoForm'
      ) as HTMLElement;
      expect(
        [...form.querySelectorAll('label')].map(each => each.textContent)
      ).toEqual(['Size', 'Threshold (σ)', 'Kind']);
      const threshold = form.querySelector(
        'input.jp-mod-number'
      ) as HTMLInputElement;
      await act(async () => {
        threshold.value = '7.5';
        Simulate.change(threshold);
        await Promise.resolve();
      });
      await act(() => jest.advanceTimersByTimeAsync(300));
      expect(session.edits).toEqual([
        [{ path: ['filters', 0, 'threshold'], value: 7.5 }]
      ]);
      await act(async () => {
        threshold.value = '1000';
        Simulate.change(threshold);
        await Promise.resolve();
      });
      await act(() => jest.advanceTimersByTimeAsync(300));
      expect(session.edits).toHaveLength(1);
      expect(form.querySelector('[role="alert"]')?.textContent).toContain(
        '100'
      );
      // Whoever runs the recipe finds it; it holds back none of the others.
      expect(threshold.validationMessage).toContain('100');
      const size = form.querySelector('select') as HTMLSelectElement;
      await act(async () => {
        size.selectedIndex = 1 - size.selectedIndex;
        Simulate.change(size);
        await Promise.resolve();
      });
      expect(session.edits).toHaveLength(2);
      expect(session.edits[1][0].path).toEqual(['filters', 0, 'size']);
      expect(threshold.validationMessage).toContain('100');
    } finally {
      jest.useRealTimers();
    }
  });

  it('starts the run of the whole region', async () => {
    const session = new FakeSession({
      dataset: { path: 'a' },
      regions: { roi: [0, 20, 100, 60] }
    });
    session.description = { state: 'ready', value: KNOWN };
    const context = fakeContext(session);
    let runs = 0;
    context.commands.addCommand(CommandIDs.reconstruct, {
      execute: () => {
        runs += 1;
      }
    });
    const node = await show(context);
    await click(button(node, 'Reconstruct 40 slices'));
    expect(runs).toBe(1);
  });

  it('runs nothing while a field holds what cannot be taken', async () => {
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const context = fakeContext(session);
    const execute = jest.fn();
    context.commands.addCommand(CommandIDs.reconstruct, { execute });
    const node = await show(context);
    const column = labelled(
      node,
      'Column of the axis of rotation; empty: found by the run',
      HTMLInputElement
    );
    await type(column, '5000');
    await click(button(node, 'Reconstruct 128 slices'));
    expect(execute).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(column);
    await type(column, '400');
    await click(button(node, 'Reconstruct 128 slices'));
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it('says that a chosen cluster is not there any more', async () => {
    const jobs = new FakeJobs();
    jobs.setChoice({ resource: 'gone' });
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session, jobs));
    const where = labelled(node, 'Where to run', HTMLSelectElement);
    expect(where.selectedOptions[0].text).toBe('gone (not in the settings)');
    expect(node.textContent).toContain('gone is not in the settings any more.');
    expect(button(node, 'Reconstruct 128 slices').disabled).toBe(true);
  });

  it('refuses a kernel without numpy and says what to do', async () => {
    const jobs = new FakeJobs();
    jobs.setChoice({ kernel: 'bare' });
    const session = new FakeSession();
    session.description = { state: 'ready', value: KNOWN };
    const node = await show(fakeContext(session, jobs));
    expect(node.textContent).toContain('numpy is missing.');
    expect(node.textContent).toContain('Install it there.');
    expect(button(node, 'Reconstruct 128 slices').disabled).toBe(true);
  });

  it('keeps limits in bytes', async () => {
    const jobs = new FakeJobs();
    const node = await show(fakeContext(new FakeSession(), jobs));
    await type(labelled(node, 'Memory in GiB', HTMLInputElement), '1.5');
    expect(jobs.choice.memory).toBe(1610612736);
    await type(labelled(node, 'Cores', HTMLInputElement), '0');
    expect(jobs.choice.cores).toBe(2);
  });

  it('shows what went wrong with the data, and tries again', async () => {
    const session = new FakeSession();
    const failure = {
      code: 'size',
      message: 'ct5s_1.tif is truncated.',
      where: '/d/ct5s_1.tif',
      hint: 'Copy it again.'
    };
    session.description = { state: 'failed', failure };
    const asked = jest.spyOn(session, 'describe');
    const node = await show(fakeContext(session));
    const alert = node.querySelector('.jp-TomoMessage')?.textContent;
    expect(alert).toContain('ct5s_1.tif is truncated.');
    expect(alert).toContain('Copy it again.');
    await click(button(node, 'Try again'));
    expect(asked).toHaveBeenCalledTimes(1);
    expect(button(node, 'Reconstruct').disabled).toBe(true);
  });

  it.each([
    ['dataset.path', 'Data › Path', 'Path of the data set'],
    ['dataset.exclude', 'Data › Leave out', ''],
    [
      'regions.centre.tilt',
      'Centre of rotation › Tilt',
      'Tilt of the axis in degrees'
    ],
    ['output.folder', 'Output › Folder', 'Output folder'],
    ['reconstruction.method', 'Tool › Method', 'Method'],
    ['filters.0.size', 'Filters › 1 › size', '']
  ])(
    'names %s as the panel does, and goes there',
    async (where, name, control) => {
      const session = new FakeSession();
      const message = `${where} is not as it should be.`;
      const failure = { code: 'x', message, where, hint: 'Correct it.' };
      session.description = { state: 'failed', failure };
      const context = fakeContext(session);
      const node = await show(context);
      const alert = node.querySelector('.jp-TomoMessage')!;
      expect(alert.textContent).toContain(`${name} is not as it should be.`);
      expect(alert.textContent).not.toContain(where);
      const section = fieldOf(where, context.trans)!.section;
      if (section !== 'data') {
        await act(async () => context.model.toggle(section));
        expect(context.model.isOpen(section)).toBe(false);
      }
      await click(button(alert, name));
      await act(async () => {
        await new Promise(resolve => setTimeout(resolve, 100));
      });
      expect(context.model.isOpen(section)).toBe(true);
      const body = node.querySelector(`#jp-TomoPanel-${section}`)!;
      expect(body.contains(document.activeElement)).toBe(true);
      if (control) {
        expect(document.activeElement?.getAttribute('aria-label')).toBe(
          control
        );
      }
    }
  );

  it('has a name for every field of a recipe', () => {
    const { trans } = fakeContext(new FakeSession());
    interface ISchema {
      properties?: Record<string, ISchema>;
      $ref?: string;
      [other: string]: unknown;
    }
    const definitions: Record<string, ISchema> = recipeSchema.definitions;
    const fields = (name: string, { properties, $ref }: ISchema): string[] => {
      const inner =
        properties ?? definitions[$ref?.split('/').pop() ?? '']?.properties;
      return Object.keys(inner ?? {}).map(key => `${name}.${key}`);
    };
    const { dataset, regions, reconstruction, output } =
      recipeSchema.properties;
    const all = [
      ...fields('dataset', dataset),
      ...fields('regions', regions),
      ...fields('regions.centre', definitions.regions.properties?.centre ?? {}),
      ...fields('reconstruction', reconstruction),
      ...fields('output', output)
    ];
    expect(all.length).toBeGreaterThan(20);
    // What has no row of its own is called by its key.
    const missing = all.filter(where => {
      const key = where.split('.').pop() ?? '';
      return fieldOf(where, trans)?.name.split(' › ').includes(key) ?? true;
    });
    expect(missing).toEqual([]);
  });

  it('asks for an estimate while it is seen, half a second after an edit', async () => {
    jest.useFakeTimers();
    try {
      const jobs = new FakeJobs();
      const session = new FakeSession();
      const node = await show(fakeContext(session, jobs));
      await act(() => jest.advanceTimersByTimeAsync(600));
      // Without angles there is nothing to estimate, and nothing to run.
      expect(jobs.calls).toEqual(['refresh']);
      expect(button(node, 'Reconstruct 128 slices').title).toBe(
        'State the angles first'
      );
      session.description = { state: 'ready', value: KNOWN };
      jobs.warnings = ['The axis is 18 columns off the middle.'];
      session.edit({ path: ['output', 'folder'], value: 'slices' });
      await act(() => jest.advanceTimersByTimeAsync(600));
      expect(jobs.calls).toEqual(['refresh', 'estimate']);
      expect(node.textContent).toContain('1.4 GiB memory, about 3.2 s');
      expect(node.textContent).toContain('340 MiB, 51 GiB free');
      expect(
        [...node.querySelectorAll('.jp-TomoWarnings')].at(-1)?.textContent
      ).toBe('The axis is 18 columns off the middle.');
      // Of data that cannot be read nothing is known.
      const value = session.description;
      session.description = { state: 'none' };
      session.edit({ path: ['dataset', 'path'], value: 'nowhere' });
      await act(() => jest.advanceTimersByTimeAsync(0));
      expect(node.textContent).not.toContain('1.4 GiB memory');
      session.description = value;
      // What is not known any more when the pause ends is not asked for.
      session.edit({ path: ['output', 'folder'], value: 'elsewhere' });
      session.description = { state: 'pending' };
      await act(() => jest.advanceTimersByTimeAsync(600));
      expect(jobs.calls).toEqual(['refresh', 'estimate']);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('jobs in the panel', () => {
  it('lists them with state, progress and actions', async () => {
    const jobs = new FakeJobs();
    const failure = {
      code: 'memory',
      message: 'Out of memory.',
      where: '',
      hint: 'Ask for 3 GiB and resume.'
    };
    jobs.jobs = [
      job({ id: 'a' }),
      job({
        id: 'b',
        state: 'failed',
        resumable: true,
        slices: { done: 96, total: 128 },
        failure
      }),
      job({ id: 'c', state: 'finished', slices: { done: 128, total: 128 } })
    ];
    const context = fakeContext(null, jobs);
    const opened: unknown[] = [];
    context.commands.addCommand(CommandIDs.openResult, {
      execute: args => {
        opened.push(args);
      }
    });
    const node = await show(context);
    const rows = [...node.querySelectorAll<HTMLElement>('.jp-TomoJob')];
    const actions = rows.map(row =>
      [...row.querySelectorAll('.jp-TomoJob-actions button')].map(
        each => each.textContent || each.getAttribute('aria-label')
      )
    );
    expect(actions).toEqual([
      ['log', 'cancel', 'open'],
      ['log', 'resume', 'open', 'remove'],
      ['log', 'open', 'remove']
    ]);
    const bars = node.querySelectorAll('[role="progressbar"]');
    expect(bars).toHaveLength(1);
    expect(bars[0].getAttribute('aria-valuenow')).toBe('34');
    expect(rows[0].querySelector('.jp-TomoJob-sentence')?.textContent).toBe(
      '44 of 128 slices · 2 s left'
    );
    expect(rows[1].textContent).toContain(
      'Out of memory. Ask for 3 GiB and resume.'
    );
    await click(button(rows[0], 'cancel'));
    await click(button(rows[1], 'resume'));
    await click(button(rows[2], 'remove'));
    expect(jobs.calls.slice(-3)).toEqual(['cancel a', 'resume b', 'forget c']);
    await click(button(rows[2], 'open'));
    expect(opened).toEqual([
      { folder: '/data/processed/grapes', name: 'grapes' }
    ]);
  });

  it('shows the log in place', async () => {
    const jobs = new FakeJobs();
    jobs.text = 'slab 0\nslab 1\n';
    jobs.jobs = [job({ state: 'finished' })];
    const node = await show(fakeContext(null, jobs));
    await click(button(node, 'log'));
    await act(() => new Promise(resolve => setTimeout(resolve, 10)));
    expect(node.querySelector('.jp-TomoLog')?.textContent).toBe(
      'slab 0\nslab 1\n'
    );
  });

  it('filters', async () => {
    const jobs = new FakeJobs();
    jobs.jobs = [
      job({ id: 'a' }),
      job({ id: 'b', state: 'finished' }),
      job({ id: 'c', state: 'cancelled' })
    ];
    const node = await show(fakeContext(null, jobs));
    const filter = labelled(node, 'Jobs to show', HTMLSelectElement);
    await choose(filter, 'active');
    expect(node.querySelectorAll('.jp-TomoJob')).toHaveLength(1);
    await choose(filter, 'ended-early');
    expect(node.querySelector('.jp-TomoJob')?.getAttribute('data-state')).toBe(
      'cancelled'
    );
  });
});
