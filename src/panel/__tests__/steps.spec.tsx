import { act, Simulate } from 'react-dom/test-utils';

import { choose, click, labelled, show, type, KNOWN } from './driving';
import { FakeSession, fakeContext, GRAPES } from './fakes';

describe('Steps and parameters in the panel', () => {
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

  it.each([
    ['stripes-wavelet', 'Sigma', 20, 0.1],
    ['stripes-fitting', 'Sigma', 100, 1],
    ['stripes-sorting', 'Size', 301, 2]
  ])(
    'has a slider of %s, %s, that ends at ten times the default, or where the values end: %d',
    async (name, label, most, step) => {
      const session = new FakeSession();
      session.edit({ path: ['filters'], value: [{ name }] });
      const node = await show(fakeContext(session));
      await click(node.querySelectorAll('.jp-TomoStep-toggle')[0]);
      const sliders = node.querySelectorAll<HTMLInputElement>(
        '.jp-TomoStep-body input[type=range]'
      );
      const slider = [...sliders].find(each =>
        each.getAttribute('aria-label')?.includes(label)
      );
      expect([Number(slider?.max), Number(slider?.step)]).toEqual([most, step]);
    }
  );

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
      const meaning = 'In standard deviations of the noise.';
      expect(threshold.title).toBe(meaning);
      expect(
        form.querySelector<HTMLInputElement>('input[type=range]')?.title
      ).toBe(meaning);
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
      expect(threshold.title).toContain('100');
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
});
