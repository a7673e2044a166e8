import { act } from 'react-dom/test-utils';

import recipeSchema from '../../recipe/_generated/recipe.schema.json';
import { fieldOf } from '../../field-names';
import { button, click, show } from './driving';
import { FakeSession, fakeContext } from './fakes';

describe('What failed, in the panel', () => {
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
      // Without a column there is no tilt to state.
      'Column of the axis of rotation; empty: found by the run'
    ],
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
      const session = new FakeSession({
        dataset: { path: 'grapes_ct/' },
        ...(control.startsWith('Tilt') && {
          regions: { centre: { column: 131 } }
        })
      });
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
});
