import { act, Simulate } from 'react-dom/test-utils';

import { CommandIDs } from '../../tokens';
import { button, click, KNOWN, labelled, leave, show, type } from './driving';
import { FakeSession, fakeContext } from './fakes';

const COLUMN = 'Column of the axis of rotation; empty: found by the run';

function known(): FakeSession {
  const session = new FakeSession();
  session.description = { state: 'ready', value: KNOWN };
  return session;
}

function section(node: ParentNode, title: string): HTMLElement {
  return labelled(node, title, HTMLElement);
}

function fold(part: ParentNode): Promise<void> {
  return click(
    part.querySelector('.jp-TomoSection-toggle, .jp-TomoStep-toggle') as Element
  );
}

function noteOf(part: ParentNode): string | undefined {
  return part.querySelector('.jp-TomoRefused')?.textContent ?? undefined;
}

async function frames(): Promise<void> {
  await act(async () => {
    for (let i = 0; i < 3; i++) {
      await new Promise(resolve => requestAnimationFrame(resolve));
    }
  });
}

describe('What is refused in the panel', () => {
  it('is kept while its section is folded, and told of on the header', async () => {
    const session = known();
    session.edit({ path: ['regions', 'centre', 'column'], value: 399 });
    const node = await show(fakeContext(session));
    const centre = section(node, 'Centre of rotation');
    await type(labelled(node, COLUMN, HTMLInputElement), '5000');
    await type(
      labelled(node, 'Tilt of the axis in degrees', HTMLInputElement),
      'steep'
    );
    expect(noteOf(centre)).toBeUndefined();
    await fold(centre);
    expect(noteOf(centre)).toBe('2 values refused');
    expect(
      centre.querySelector<HTMLElement>('.jp-TomoSection-body')?.hidden
    ).toBe(true);
    await fold(centre);
    expect(noteOf(centre)).toBeUndefined();
    expect(labelled(node, COLUMN, HTMLInputElement).value).toBe('5000');
    await type(labelled(node, COLUMN, HTMLInputElement), '400');
    await fold(centre);
    expect(noteOf(centre)).toBe('1 value refused');
    // Another axis takes the place of what was typed only in its own field.
    await act(async () => {
      session.edit({ path: ['regions', 'centre', 'tilt'], value: 0.25 });
      await Promise.resolve();
    });
    await frames();
    expect(noteOf(centre)).toBeUndefined();
    expect(centre.querySelector('.jp-TomoSection-body')).toBeNull();
  });

  it('is kept in a step that is folded, and in a section about it', async () => {
    const session = known();
    session.edit({ path: ['filters'], value: [{ name: 'stripes-sorting' }] });
    const node = await show(fakeContext(session));
    const filters = section(node, 'Filters');
    const step = [...filters.querySelectorAll('.jp-TomoStep')].find(each =>
      each.textContent?.includes('Stripes: sorting')
    ) as HTMLElement;
    await fold(step);
    const size = labelled(step, 'Size', HTMLInputElement);
    const field = [...step.querySelectorAll('input')].find(
      each => each.type !== 'range' && each.inputMode === 'decimal'
    );
    expect(size.type).toBe('range');
    if (!field) {
      throw new Error('The step has no field.');
    }
    field.focus();
    await type(field, '900');
    await leave(field);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    await fold(step);
    expect(noteOf(step)).toBe('1 value refused');
    await fold(filters);
    expect(
      filters.querySelector('.jp-TomoSection-header .jp-TomoRefused')
        ?.textContent
    ).toBe('1 value refused');
    await fold(filters);
    await fold(step);
    expect(field.isConnected).toBe(true);
    expect(field.value).toBe('900');
    expect(session.recipe.filters).toEqual([{ name: 'stripes-sorting' }]);
  });

  it('is unfolded by who would run without it', async () => {
    const context = fakeContext(known());
    const execute = jest.fn();
    context.commands.addCommand(CommandIDs.reconstruct, { execute });
    const node = await show(context);
    const column = labelled(node, COLUMN, HTMLInputElement);
    await type(column, '5000');
    const centre = section(node, 'Centre of rotation');
    await fold(centre);
    await act(async () => {
      // As a hand does: unfolding is a click within this one.
      button(node, 'Reconstruct 128 slices').click();
      await Promise.resolve();
    });
    await frames();
    expect(execute).not.toHaveBeenCalled();
    expect(
      centre.querySelector<HTMLElement>('.jp-TomoSection-body')?.hidden
    ).toBe(false);
    expect(document.activeElement).toBe(column);
    // Given up, it holds nothing back.
    await act(async () => {
      Simulate.keyDown(column, { key: 'Escape' });
      await Promise.resolve();
    });
    await click(button(node, 'Reconstruct 128 slices'));
    expect(execute).toHaveBeenCalledTimes(1);
  });
});
