import { nullTranslator } from '@jupyterlab/translation';

import { WaitNote } from '../wait-note';

describe('A note about waiting', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('comes after a second, counts on, and can stop what is waited for', () => {
    const stop = jest.fn();
    const note = new WaitNote(nullTranslator.load(''), stop);
    note.begin();
    jest.advanceTimersByTime(900);
    expect(note.node.hidden).toBe(true);
    // What follows without a pause is one wait.
    note.begin();
    jest.advanceTimersByTime(3200);
    expect(note.node.hidden).toBe(false);
    expect(note.node.textContent).toContain('Computing for 4');
    note.node.querySelector('button')?.click();
    expect(stop).toHaveBeenCalledTimes(1);
    note.end();
    expect(note.node.hidden).toBe(true);
    jest.advanceTimersByTime(5000);
    expect(note.node.hidden).toBe(true);
    // How long it will take is said until that is over.
    note.begin(6.2);
    jest.advanceTimersByTime(5000);
    expect(note.node.textContent).toContain('Computing for 5 s of about 6.2 s');
    jest.advanceTimersByTime(4000);
    expect(note.node.textContent).toContain('Computing for 9 s …');
    note.end();
    note.begin();
    note.dispose();
    expect(jest.getTimerCount()).toBe(0);
  });
});
