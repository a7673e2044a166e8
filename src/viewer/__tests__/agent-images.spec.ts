import { nullTranslator } from '@jupyterlab/translation';

import type { Recipe } from '../../recipe';
import type { ITomoApi, ViewMode } from '../../tokens';
import { images } from '../frames';
import { AgentImages } from '../live/agent-images';
import type { IPlace, IWantedImage } from '../live/wanted';
import type { IMessage } from '../message';
import type { IImage } from '../pixels/image';
import { DESCRIPTION, SlowApi } from './fakes';

// What only a page has.
jest.mock('../../tuning/urls', () => ({}));

const IMAGE: IImage = {
  data: Float32Array.of(1),
  rows: 1,
  columns: 1,
  about: {}
};
const recipe = (tool: string): Recipe =>
  ({
    version: 1,
    dataset: { path: 'scan' },
    reconstruction: { tool, method: tool === 'builtin' ? 'gridding' : 'SIRT' }
  }) as unknown as Recipe;

const placeOf = (mode: ViewMode, tool = 'builtin'): IPlace => ({
  base: '/data',
  recipe: recipe(tool),
  position: { mode, frame: 0, row: 3 },
  stage: 'raw',
  description: DESCRIPTION,
  exact: true,
  purpose: 'viewer'
});

/** A request whose answer comes when a test says so. */
class Request implements IWantedImage {
  constructor(
    readonly key: string,
    readonly place: IPlace
  ) {}

  signal: AbortSignal | null = null;
  answer = (): void => undefined;

  fetch(signal: AbortSignal): Promise<IImage> {
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = () => resolve(IMAGE);
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  }
}

const settle = (): Promise<void> => new Promise(done => setTimeout(done));

describe('Images of the agent', () => {
  let server: SlowApi;
  let agent: AgentImages;
  const told = {
    ready: jest.fn<void, [IImage, IWantedImage]>(),
    look: jest.fn(),
    failed: jest.fn(),
    say: jest.fn<void, [IMessage | null]>(),
    busy: jest.fn<void, [boolean]>(),
    changed: jest.fn()
  };
  const said = (): IMessage | null | undefined => told.say.mock.lastCall?.[0];

  beforeEach(() => {
    jest.clearAllMocks();
    server = new SlowApi();
    const estimate = () => Promise.resolve({ slice: 720 });
    agent = new AgentImages({
      ...told,
      api: Object.assign(server, { estimate }) as unknown as ITomoApi,
      trans: nullTranslator.load('jupyterlab_tomo'),
      kernel: () => undefined,
      purpose: 'viewer'
    });
  });
  afterEach(() => agent.dispose());

  it('of an outdated recipe are given up, a projection on its way is not', async () => {
    const [frame, other, slice, last] = [
      new Request('frame', placeOf('projection')),
      new Request('other', placeOf('projection')),
      new Request('slice', placeOf('slice')),
      new Request('last', placeOf('slice'))
    ];
    agent.ask(frame);
    agent.ask(other);
    expect(frame.signal?.aborted).toBe(false);
    frame.answer();
    await settle();
    expect(told.ready.mock.calls).toEqual([[IMAGE, frame]]);
    agent.ask(slice);
    expect(other.signal?.aborted).toBe(true);
    await settle();
    agent.ask(last);
    expect(slice.signal?.aborted).toBe(true);
    await settle();
    last.answer();
    await settle();
    expect(told.ready.mock.lastCall).toEqual([IMAGE, last]);
    // From one to the next it stays busy.
    expect(told.busy.mock.calls.flat()).toEqual([
      true,
      true,
      true,
      true,
      false
    ]);
    expect(told.failed).not.toHaveBeenCalled();
  });

  it('that take long are begun when the user says so, and can be cancelled', async () => {
    const slow = new Request('slow', placeOf('slice', 'astra'));
    agent.ask(slow);
    expect(said()).toBeNull();
    await settle();
    expect(told.changed).toHaveBeenCalledTimes(1);
    agent.ask(slow);
    expect(said()?.title).toContain('This slice takes about 12 min');
    expect(slow.signal).toBeNull();
    said()?.actions?.[0].run();
    const now = jest.spyOn(performance, 'now').mockReturnValue(1000);
    agent.ask(slow);
    expect(slow.signal?.aborted).toBe(false);
    expect(said()).toMatchObject({ kind: 'busy', since: 1000 });
    // Once it is over, the next one begins anew.
    slow.answer();
    await settle();
    now.mockReturnValue(5000);
    agent.ask(slow);
    expect(said()).toMatchObject({ kind: 'busy', since: 5000 });
    now.mockRestore();
    said()?.actions?.[0].run();
    expect(slow.signal?.aborted).toBe(true);
    expect(told.changed).toHaveBeenCalledTimes(3);
  });

  it('that are kept are there at once, and say nothing of how long they take', async () => {
    const slow = new Request('kept', placeOf('slice', 'astra'));
    agent.ask(slow);
    await settle();
    agent.ask(slow);
    said()?.actions?.[0].run();
    told.say.mockClear();
    images.set('kept', IMAGE);
    agent.ask(slow);
    expect(told.ready.mock.calls).toEqual([[IMAGE, slow]]);
    expect(told.say).not.toHaveBeenCalled();
  });
});
