import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import type { Failure, IApiClient, Job, Notice, Submission } from '../../api';
import { fractionOfAll, progressSentence } from '../../job-words';
import type { IRecipeSession, IRecipeTracker, ITomoApi } from '../../tokens';
import { CommandIDs } from '../../tokens';
import { cellSource, pathFromNotebook } from '../cell';
import { DEFAULT_CHOICE, GIB, PageChoice, readChoice } from '../choice';
import { addCommands, rowsOf } from '../commands';
import { JobsModel } from '../model';
import { Notifier } from '../notifier';
import { statusText } from '../status';
import { kernelOf, submissionOf } from '../submission';

const NOTHING = { stage: '', done: 0, total: 0 };
const trans = nullTranslator.load('jupyterlab_tomo');

function job(id: string, changes: Partial<Job> = {}): Job {
  return {
    id,
    name: 'grapes',
    resource: 'local',
    kernel: 'python3',
    state: 'running',
    created: '2026-11-23T20:00:00Z',
    progress: { stage: 'slices', done: 0, total: 128 },
    slices: { done: 0, total: 128 },
    warnings: [],
    output: '',
    resumable: false,
    ...changes
  };
}

class FakeApi {
  list: Job[] = [];
  asked: string[] = [];
  submitted: Submission[] = [];
  broken: Error | null = null;
  readonly notices = new Signal<IApiClient, Notice>(
    this as unknown as IApiClient
  );
  readonly connection = new Signal<IApiClient, { failure: Failure | null }>(
    this as unknown as IApiClient
  );

  jobs = (): Promise<{ rev: number; jobs: Job[] }> => {
    this.asked.push('jobs');
    return this.broken
      ? Promise.reject(this.broken)
      : Promise.resolve({ rev: 1, jobs: this.list });
  };
  resources = (): Promise<never[]> => Promise.resolve([]);
  job = (id: string): Promise<Job> => {
    this.asked.push(id);
    const found = this.list.find(each => each.id === id);
    return found
      ? Promise.resolve({ ...found, recipe: { version: 1 } })
      : Promise.reject(new Error('gone'));
  };
  submit = (submission: Submission): Promise<Job> => {
    this.submitted.push(submission);
    return Promise.resolve(
      job(submission.id, { created: '2026-11-23T21:00:00Z' })
    );
  };
  forget = (): Promise<void> => Promise.resolve();
}

function fake(): { api: FakeApi; model: JobsModel } {
  const api = new FakeApi();
  const client: unknown = api;
  return {
    api,
    model: new JobsModel(client as ITomoApi, new PageChoice(), null, trans)
  };
}

/** A model that has fetched these jobs, and has nothing left to ask for. */
async function atRest(
  ...jobs: Job[]
): Promise<{ api: FakeApi; model: JobsModel }> {
  const { api, model } = fake();
  api.list = jobs;
  await model.refresh();
  await jest.advanceTimersByTimeAsync(1000);
  api.asked = [];
  return { api, model };
}

function session(changes: Partial<IRecipeSession> = {}): IRecipeSession {
  const partial: unknown = {
    path: 'RB/grapes.tomo.json',
    name: 'grapes',
    base: '/data/RB',
    recipe: { version: 1 },
    problems: [],
    ...changes
  };
  return partial as IRecipeSession;
}

describe('JobsModel', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('asks for nothing before somebody wants jobs', async () => {
    const { api, model } = fake();
    await jest.advanceTimersByTimeAsync(60000);
    expect(api.asked).toEqual([]);
    model.dispose();
  });

  it('lists the newest first', async () => {
    const { api, model } = fake();
    api.list = [
      job('a', { created: '2026-01-01T00:00:00Z' }),
      job('b', { created: '2026-02-01T00:00:00Z' })
    ];
    await model.refresh();
    expect(model.jobs.map(each => each.id)).toEqual(['b', 'a']);
    model.dispose();
  });

  it('fetches the job of a notice once, however many notices come', async () => {
    const { api, model } = await atRest(job('a'));
    api.list = [job('a', { slices: { done: 44, total: 128 } })];
    for (let rev = 2; rev < 12; rev++) {
      api.notices.emit({ rev, kind: 'job', id: 'a' });
    }
    await jest.advanceTimersByTimeAsync(500);
    expect(api.asked).toEqual(['a']);
    expect(model.jobs[0].slices.done).toBe(44);
    expect(model.jobs[0].recipe).toBeUndefined();
    model.dispose();
  });

  it('fetches a job again when its notice comes while it is being fetched', async () => {
    const { api, model } = await atRest(job('a'));
    const { job: answer } = api;
    api.job = async id => {
      const before = await answer(id);
      await new Promise(resolve => setTimeout(resolve, 100));
      return before;
    };
    api.notices.emit({ rev: 2, kind: 'job', id: 'a' });
    await jest.advanceTimersByTimeAsync(250);
    // It is on its way, and says that the job runs.
    expect(api.asked).toEqual(['a']);
    api.list = [job('a', { state: 'finished' })];
    api.notices.emit({ rev: 3, kind: 'job', id: 'a' });
    await jest.advanceTimersByTimeAsync(1000);
    expect(api.asked).toEqual(['a', 'a']);
    expect(model.jobs[0].state).toBe('finished');
    model.dispose();
  });

  it('drops a job that was removed', async () => {
    const { api, model } = fake();
    api.list = [job('a'), job('b')];
    await model.refresh();
    api.notices.emit({ rev: 2, kind: 'job-removed', id: 'a' });
    expect(model.jobs.map(each => each.id)).toEqual(['b']);
    model.dispose();
  });

  it('keeps the failure of a lost connection, and fetches again when it is back', async () => {
    const { api, model } = await atRest();
    const failure = {
      code: 'network',
      message: 'Jupyter Server does not answer.',
      where: '',
      hint: ''
    };
    api.connection.emit({ failure });
    expect(model.failure?.code).toBe('network');
    api.list = [job('a')];
    api.connection.emit({ failure: null });
    await jest.advanceTimersByTimeAsync(0);
    expect(model.failure).toBeNull();
    expect(model.jobs).toHaveLength(1);
    model.dispose();
  });

  it('polls slowly, and not when disposed', async () => {
    const { api, model } = await atRest();
    await jest.advanceTimersByTimeAsync(65000);
    expect(api.asked).toEqual(['jobs', 'jobs']);
    model.dispose();
    await jest.advanceTimersByTimeAsync(65000);
    expect(api.asked).toHaveLength(2);
  });

  it('keeps a failure to fetch as one', async () => {
    const { api, model } = fake();
    api.broken = new Error('No answer.');
    await model.refresh();
    expect(model.failure?.message).toBe('No answer.');
    model.dispose();
  });

  it('submits with an id of its own and shows the job at once', async () => {
    const { api, model } = fake();
    const first = await model.submit(session(), [10, 20]);
    await model.submit(session(), undefined, true);
    expect(api.submitted.map(each => each.checksum)).toEqual([undefined, true]);
    expect(api.submitted[0]).toMatchObject({
      name: 'grapes',
      base: '/data/RB',
      document: 'RB/grapes.tomo.json',
      resource: 'local',
      kernel: '',
      cores: 2,
      memory: 4294967296,
      rows: [10, 20]
    });
    expect(api.submitted[0].id).toMatch(
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
    );
    expect(api.submitted[1].id).not.toBe(api.submitted[0].id);
    expect('rows' in api.submitted[1]).toBe(false);
    expect(model.jobs.map(each => each.id)).toContain(first.id);
    model.dispose();
  });
});

describe('submission', () => {
  it('refuses a recipe that is not valid, or without a folder', () => {
    const refused = (changes: Partial<IRecipeSession>) => () =>
      submissionOf(session(changes), DEFAULT_CHOICE, DEFAULT_CHOICE, [], trans);
    expect(
      refused({ problems: ['regions.centre.tilt must be at most 10.'] })
    ).toThrow('regions.centre.tilt');
    expect(refused({ base: null })).toThrow('not in a folder');
  });

  it('takes the default kernel when the chosen one is gone', () => {
    const choice = { ...DEFAULT_CHOICE, kernel: 'tomo' };
    const kernels = [{ name: 'tomo', title: 'Tomo', usable: 'yes' as const }];
    const resource = {
      name: 'local',
      title: 'Local',
      kind: 'local-kernel' as const,
      state: 'online' as const,
      kernels
    };
    expect(kernelOf(choice, [resource])).toBe('tomo');
    expect(kernelOf(choice, [{ ...resource, kernels: [] }])).toBe('');
  });
});

describe('choice', () => {
  it('is read from settings in GiB, and unfit values are the defaults', () => {
    const settings: Record<string, unknown> = {
      resource: 'scarf',
      kernel: 'tomo',
      cores: 8,
      memory: 1.5
    };
    expect(readChoice(key => settings[key])).toEqual({
      resource: 'scarf',
      kernel: 'tomo',
      cores: 8,
      memory: 1610612736
    });
    expect(readChoice(() => 'many')).toEqual({
      resource: 'many',
      kernel: 'many',
      cores: 2,
      memory: 4 * GIB
    });
  });
});

describe('words', () => {
  it('sum jobs up', () => {
    const one = job('a', { slices: { done: 44, total: 128 } });
    expect(
      fractionOfAll([one, job('b', { slices: { done: 96, total: 96 } })])
    ).toBeCloseTo(140 / 224, 12);
    expect(
      progressSentence(
        { ...one, progress: { ...one.progress, remaining: 2 } },
        trans
      )
    ).toBe('44 of 128 slices · 2 s left');
    const ended = {
      started: '2026-11-23T20:00:00Z',
      ended: '2026-11-23T20:00:12Z'
    };
    expect(
      progressSentence(job('c', { state: 'finished', ...ended }), trans)
    ).toBe('128 slices · 12 s');
    const early = job('d', {
      progress: { stage: 'references', done: 3, total: 10 }
    });
    // A stage that only the runner knows is said as it is.
    expect(progressSentence(early, trans)).toBe('references 30 %');
    const measures = job('d', {
      progress: { stage: 'measure', done: 0, total: 0 }
    });
    expect(progressSentence(measures, trans)).toBe('measuring noise and dose');
    // The state is said beside it.
    const starts = job('e', {
      state: 'starting',
      progress: { stage: 'starting', done: 0, total: 0 }
    });
    expect(progressSentence(starts, trans)).toBe('');
  });

  it('of the status bar', async () => {
    const { api, model } = fake();
    expect(statusText(model, trans)).toBe('Tomo: no job runs');
    api.list = [job('a', { slices: { done: 44, total: 128 } })];
    await model.refresh();
    expect(statusText(model, trans)).toBe('Tomo: 1 job · 34 %');
    model.dispose();
  });
});

describe('a notification', () => {
  it('tells of another state before a slice is written', async () => {
    const { api, model } = fake();
    const queued = job('a', { state: 'queued' });
    api.list = [queued];
    await model.refresh();
    const notifier = new Notifier(model, new CommandRegistry(), trans);
    notifier.follow(queued);
    const told = (): string | undefined =>
      Notification.manager.notifications[0]?.message;
    expect(told()).toBe('grapes: queued · waits for its turn');
    api.list = [job('a', { state: 'starting', progress: NOTHING })];
    await model.refresh();
    expect(told()).toBe('grapes: starting');
    notifier.dispose();
    Notification.dismiss();
    model.dispose();
  });
});

describe('the command', () => {
  it('makes one job of two quick presses, and another one later', async () => {
    const { api, model } = fake();
    const commands = new CommandRegistry();
    const changed = new Signal<object, unknown>({});
    const recipes: unknown = {
      currentWidget: {
        session: session({
          recipe: { version: 1, dataset: { path: 'grapes_ct/' } }
        })
      },
      currentChanged: changed,
      widgetUpdated: changed
    };
    const added = addCommands({
      commands,
      jobs: model,
      notifier: new Notifier(model, commands, trans),
      recipes: recipes as IRecipeTracker,
      notebooks: null,
      contents: {} as never,
      api: api as unknown as ITomoApi,
      trans
    });
    const press = (): Promise<unknown> =>
      commands.execute(CommandIDs.reconstruct);
    await Promise.all([press(), press()]);
    expect(api.submitted).toHaveLength(1);
    await press();
    expect(api.submitted).toHaveLength(2);
    added.dispose();
    Notification.dismiss();
    model.dispose();
  });
});

describe('cell', () => {
  it('loads the recipe from where the notebook is', () => {
    expect(pathFromNotebook('RB/grapes.tomo.json', 'RB/tuning.ipynb')).toBe(
      'grapes.tomo.json'
    );
    expect(pathFromNotebook('RTC:data/a.tomo.json', 'RTC:notes/b.ipynb')).toBe(
      '../data/a.tomo.json'
    );
    expect(pathFromNotebook('a.tomo.json', 'b.ipynb')).toBe('a.tomo.json');
    expect(cellSource('it "is".tomo.json')).toBe(
      'import jupyterlab_tomo as tomo\nrecipe = tomo.Recipe.load("it \\"is\\".tomo.json")\nrecipe.run()'
    );
  });

  it('reads rows only when they are two integers', () => {
    expect(rowsOf({ rows: [3, 9] })).toEqual([3, 9]);
    expect(rowsOf({ rows: [9, 3] })).toBeUndefined();
    expect(rowsOf({})).toBeUndefined();
  });
});
