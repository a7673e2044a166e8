import type * as Components from '@jupyterlab/ui-components';
import { act, Simulate } from 'react-dom/test-utils';

import type * as Data from '../sections/data';
import { show } from './driving';
import { FakeSession, fakeContext } from './fakes';

jest.mock('../sections/data', () => {
  const actual: typeof Data = jest.requireActual('../sections/data');
  return { ...actual, DataSection: jest.fn(actual.DataSection) };
});
const { DataSection } = jest.requireMock<{ DataSection: jest.Mock }>(
  '../sections/data'
);

const mockDrawn: (string | undefined)[] = [];

jest.mock('@jupyterlab/ui-components', () => {
  const actual: typeof Components = jest.requireActual(
    '@jupyterlab/ui-components'
  );
  const FormComponent: typeof actual.FormComponent = props => {
    mockDrawn.push(props.idPrefix);
    return actual.FormComponent(props);
  };
  return { ...actual, FormComponent };
});

describe('While a slider moves', () => {
  it('its form is drawn once for each value, and no other one', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    const forms = new Set(mockDrawn);
    expect(forms.size).toBeGreaterThan(1);
    const [slider] = node.querySelectorAll<HTMLInputElement>(
      '.jp-TomoForm input[type=range]'
    );
    const [field] = slider.parentElement?.querySelectorAll('[id]') ?? [];
    // Prefixes begin with one another: the longest is that of the form.
    const own = [...forms]
      .filter(form => form !== undefined && field.id.startsWith(form))
      .sort()
      .slice(-1);
    for (const value of ['0.5', '0.6']) {
      mockDrawn.length = 0;
      await act(async () => {
        slider.value = value;
        Simulate.change(slider);
        await Promise.resolve();
      });
      expect(mockDrawn).toEqual(own);
      expect(slider.value).toBe(value);
    }
  });

  it('a section of something else stays as it is, until what it shows changes', async () => {
    const session = new FakeSession();
    const node = await show(fakeContext(session));
    DataSection.mockClear();
    await act(async () => {
      session.edit({ path: ['reconstruction', 'rotation'], value: 30 });
      await Promise.resolve();
    });
    expect(session.recipe.reconstruction?.rotation).toBe(30);
    expect(DataSection).not.toHaveBeenCalled();
    await act(async () => {
      session.edit({ path: ['dataset', 'path'], value: 'elsewhere' });
      await Promise.resolve();
    });
    expect(DataSection).toHaveBeenCalled();
    const path = node.querySelector<HTMLInputElement>(
      '[aria-label="Path of the data set"]'
    );
    expect(path?.value).toBe('elsewhere');
  });
});
