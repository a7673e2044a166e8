import type { ISignal, Signal } from '@lumino/signaling';
import { act, Simulate } from 'react-dom/test-utils';

import { ApiError } from '../../api';
import { button, click, KNOWN, show } from './driving';
import type { IRecipeSession } from '../../tokens';
import { PanelModel } from '../model';
import {
  FakeClusters,
  FakeFiles,
  FakeJobs,
  FakeSession,
  fakeContext,
  fakeTracker
} from './fakes';

const emitter = <T extends object, U>(signal: ISignal<T, U | null>) =>
  signal as Signal<T, U | null>;

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

  it('shows another recipe from its top, and one that was seen where it was left', async () => {
    const [first, second] = [new FakeSession(), new FakeSession()];
    const tracker = fakeTracker(first);
    const [jobs, clusters, files] = [
      new FakeJobs(),
      new FakeClusters(),
      new FakeFiles()
    ];
    const node = await show({
      ...fakeContext(null),
      model: new PanelModel(tracker, jobs, clusters, null, files)
    });
    const scrolled = node.querySelector('.jp-TomoPanel-scroll') as HTMLElement;
    const turnTo = (session: IRecipeSession): Promise<void> =>
      act(async () => {
        Object.assign(tracker, { currentWidget: { session } });
        emitter(tracker.currentChanged).emit(null);
        await Promise.resolve();
      });
    scrolled.scrollTop = 420;
    Simulate.scroll(scrolled);
    await turnTo(second);
    expect(scrolled.scrollTop).toBe(0);
    await turnTo(first);
    expect(scrolled.scrollTop).toBe(420);
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

  it('asks for an estimate again that failed after the list of jobs was answered', async () => {
    jest.useFakeTimers();
    try {
      const jobs = new FakeJobs();
      const session = new FakeSession();
      session.description = { state: 'ready', value: KNOWN };
      const later = (): Promise<void> =>
        act(() => jest.advanceTimersByTimeAsync(600));
      const node = await show(fakeContext(session, jobs));
      const failure = {
        code: 'network',
        message: 'Jupyter Server does not answer.',
        where: '',
        hint: ''
      };
      let fail = (): void => undefined;
      const answered = jest.spyOn(jobs, 'estimate').mockImplementationOnce(
        () =>
          new Promise((_, reject) => {
            fail = () => reject(new ApiError(failure));
          })
      );
      session.edit({ path: ['output', 'folder'], value: 'slices' });
      await later();
      jobs.failure = failure;
      jobs.changed.emit();
      jobs.failure = null;
      jobs.changed.emit();
      fail();
      await later();
      expect(answered).toHaveBeenCalledTimes(1);
      jobs.changed.emit();
      await later();
      jobs.changed.emit();
      await later();
      expect(answered).toHaveBeenCalledTimes(2);
      expect(node.textContent).toContain('1.4 GiB memory, about 3.2 s');
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks for an estimate again when the server that did not answer does', async () => {
    jest.useFakeTimers();
    try {
      const jobs = new FakeJobs();
      const session = new FakeSession();
      session.description = { state: 'ready', value: KNOWN };
      const told = async (): Promise<void> => {
        jobs.changed.emit();
        await act(() => jest.advanceTimersByTimeAsync(600));
      };
      const node = await show(fakeContext(session, jobs));
      jobs.failure = {
        code: 'network',
        message: 'Jupyter Server does not answer.',
        where: '',
        hint: ''
      };
      session.edit({ path: ['output', 'folder'], value: 'slices' });
      await told();
      await told();
      expect(jobs.calls).toEqual(['refresh', 'estimate']);
      expect(node.textContent).not.toContain('1.4 GiB memory');
      jobs.failure = null;
      await told();
      await told();
      expect(jobs.calls).toEqual(['refresh', 'estimate', 'estimate']);
      expect(node.textContent).toContain('1.4 GiB memory, about 3.2 s');
    } finally {
      jest.useRealTimers();
    }
  });
});
