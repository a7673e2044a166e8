import { nullTranslator } from '@jupyterlab/translation';

import { Again } from '../again';

const trans = nullTranslator.load('jupyterlab_tomo');
const failure = (code: string, hint = 'Look.') => ({
  code,
  message: 'No.',
  where: '',
  hint
});

describe('What failed', () => {
  let again: Again;
  const retry = jest.fn();

  beforeEach(() => {
    jest.useFakeTimers();
    retry.mockClear();
    again = new Again(retry);
  });
  afterEach(() => {
    again.dispose();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it.each([
    ['for want of a connection', 'network'],
    ['as a server is being started again', 'proxy-down'],
    ['as data are being written', 'data-being-written']
  ])('%s is tried until it works, less and less often', (_, code) => {
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      expect(again.after(failure(code), trans).hint).toBe(
        'Look. It is tried again by itself.'
      );
      const from = Date.now();
      while (retry.mock.calls.length === i) {
        jest.advanceTimersByTime(500);
      }
      pauses.push((Date.now() - from) / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
    again.reset();
    again.after(failure(code), trans);
    jest.advanceTimersByTime(1000);
    expect(retry).toHaveBeenCalledTimes(9);
  });

  it('is tried at once when the browser has a connection again', () => {
    window.dispatchEvent(new Event('online'));
    again.after(failure('network'), trans);
    window.dispatchEvent(new Event('online'));
    expect(retry).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(60_000);
    window.dispatchEvent(new Event('online'));
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it.each(['agent-died', 'proxy-died'])('by %s is tried once more', code => {
    expect(again.after(failure(code, ''), trans).hint).toBe(
      'It is tried again by itself.'
    );
    jest.advanceTimersByTime(1000);
    expect(retry).toHaveBeenCalledTimes(1);
    expect(again.after(failure(code), trans).hint).toBe('Look.');
    jest.advanceTimersByTime(60_000);
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it('by the end of an agent is tried once more, also after a connection was cut', () => {
    again.after(failure('network'), trans);
    jest.advanceTimersByTime(1000);
    expect(again.after(failure('agent-died'), trans).hint).toContain('again');
    jest.advanceTimersByTime(60_000);
    expect(retry).toHaveBeenCalledTimes(2);
    // What is of another kind by now is not tried when there is a connection.
    again.after(failure('network'), trans);
    again.after(failure('outside'), trans);
    window.dispatchEvent(new Event('online'));
    expect(retry).toHaveBeenCalledTimes(2);
  });

  it('for another reason is not tried', () => {
    const wrong = failure('outside');
    expect(again.after(wrong, trans)).toBe(wrong);
    jest.advanceTimersByTime(60_000);
    window.dispatchEvent(new Event('online'));
    expect(retry).not.toHaveBeenCalled();
  });

  it('is not tried by a widget that was closed', () => {
    again.after(failure('network'), trans);
    again.dispose();
    window.dispatchEvent(new Event('online'));
    again.after(failure('network'), trans);
    jest.advanceTimersByTime(60_000);
    expect(retry).not.toHaveBeenCalled();
  });
});
