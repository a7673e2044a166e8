/**
 * A session, jobs and a context for tests of the panel: the recipe really
 * changes by its edits, nothing is asked of a server.
 */
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type {
  Centre,
  Description,
  Estimate,
  Failure,
  FetchRequest,
  Job,
  LoginReply,
  Preflight,
  Queue,
  Resource,
  SubmissionPlan
} from '../../api';
import type { Recipe } from '../../recipe';
import {
  applyEdits,
  isRecipe,
  problemsOf,
  recipeText,
  textEdits
} from '../../recipe';
import type {
  Fetched,
  ICluster,
  IRecipeChange,
  IRecipeSession,
  IRecipeTracker,
  ITomoApi,
  IRunChoice,
  IRunLimits,
  ITomoClusters,
  ITomoJobs,
  IViewPosition
} from '../../tokens';
import pluginSchema from '../../../schema/plugin.json';
import type { IPanelContext } from '../context';
import { PanelModel } from '../model';
import { ToolCatalogue } from '../tools';

export const GRAPES: Description = {
  path: '/data/grapes_ct',
  kind: 'tiff',
  frames: 376,
  rows: 128,
  columns: 835,
  dtype: 'uint16',
  flats: 10,
  darks: 10,
  angles: {
    first: null,
    last: null,
    count: 376,
    unit: 'degree',
    source: 'unknown'
  },
  groups: [
    {
      name: 'ct5s',
      count: 376,
      role: 'projection',
      proposed: 'projection',
      rows: 128,
      columns: 835
    },
    {
      name: 'ob',
      count: 10,
      role: 'flat',
      proposed: 'flat',
      rows: 128,
      columns: 835
    },
    {
      name: 'dc',
      count: 10,
      role: 'dark',
      proposed: 'dark',
      rows: 128,
      columns: 835
    },
    {
      name: 'bbob',
      count: 5,
      role: 'ignore',
      proposed: 'ignore',
      rows: 128,
      columns: 835
    },
    {
      name: 'bbs',
      count: 5,
      role: 'ignore',
      proposed: 'ignore',
      rows: 128,
      columns: 835,
      note: 'Black-body frames.'
    }
  ],
  proposed: {
    dataset: { angles: { first: 0, last: 360, endpoint: true } },
    regions: { air: [12, 4, 96, 124] }
  },
  warnings: ['The angles are not known: no file states them.']
};

export const CENTRE: Centre = {
  column: 399.452,
  row: 64,
  tilt: 0.02,
  confidence: { level: 'good', spread: 0.08 },
  rows: [
    [10, 399.4],
    [37, 399.42],
    [64, 399.45],
    [91, 399.47],
    [118, 399.5]
  ],
  warnings: []
};

export const ESTIMATE: Estimate = {
  slices: 128,
  memory: 1503238553,
  outputBytes: 356986880,
  freeBytes: 54760833024,
  output: '/data/processed/grapes_builtin_20261123',
  seconds: 3.2,
  basis: 'Measured on this machine with 128 slices of this size.'
};

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'grapes',
    resource: 'local',
    kernel: 'python3',
    state: 'running',
    created: '2026-11-23T20:00:00Z',
    progress: { stage: 'slices', done: 44, total: 128, remaining: 2 },
    slices: { done: 44, total: 128 },
    warnings: [],
    output: '/data/processed/grapes',
    resumable: false,
    ...changes
  };
}

export class FakeSession implements IRecipeSession {
  constructor(
    sections: Omit<Recipe, 'version'> = { dataset: { path: 'grapes_ct/' } }
  ) {
    this._text = recipeText(sections);
    this.recipe = read(this._text);
  }
  path = 'RB2100123/grapes.tomo.json';
  name = 'grapes';
  base: string | null = '/data';
  recipe: Recipe;
  problems: readonly string[] = [];
  description: Fetched<Description> = { state: 'ready', value: GRAPES };
  centre: Fetched<Centre> = { state: 'none' };
  position: IViewPosition = { mode: 'projection', frame: 0, row: 64 };
  readonly changed: Signal<
    IRecipeSession,
    'recipe' | 'description' | 'centre' | 'position' | 'path' | 'cost'
  > = new Signal(this);
  rowSeconds: number | null = null;
  isDisposed = false;
  readonly edits: IRecipeChange[][] = [];
  undone = 0;
  found = 0;

  edit(...changes: IRecipeChange[]): void {
    this.edits.push(changes);
    this._text = applyEdits(this._text, textEdits(this._text, changes));
    const value: unknown = JSON.parse(this._text);
    this.problems = problemsOf(value).map(problem => problem.message);
    if (this.problems.length === 0) {
      this.recipe = read(this._text);
    }
    this.changed.emit('recipe');
  }
  undo(): void {
    this.undone += 1;
  }
  redo(): void {
    this.undone -= 1;
  }
  moveTo(position: Partial<IViewPosition>): void {
    this.position = { ...this.position, ...position };
  }
  tookRow(seconds: number): void {
    this.rowSeconds = seconds;
    this.changed.emit('cost');
  }
  lookAgain(): Promise<void> {
    return Promise.resolve();
  }

  describe(): Promise<void> {
    return Promise.resolve();
  }
  findCentre(): Promise<void> {
    this.found += 1;
    return Promise.resolve();
  }
  cancelCentre(): void {
    this.centre = { state: 'none' };
    this.changed.emit('centre');
  }
  dispose(): void {
    this.isDisposed = true;
  }

  private _text: string;
}

export class FakeJobs implements ITomoJobs {
  jobs: readonly Job[] = [];
  resources: readonly Resource[] = [
    {
      name: 'local',
      title: 'Local kernel',
      kind: 'local-kernel',
      state: 'online',
      kernels: [
        {
          name: 'python3',
          title: 'Python 3',
          usable: 'yes',
          python: '/usr/bin/python3'
        },
        {
          name: 'bare',
          title: 'Bare',
          usable: 'no',
          reason: {
            code: 'no-numpy',
            message: 'numpy is missing.',
            where: 'bare',
            hint: 'Install it there.'
          }
        }
      ]
    }
  ];
  failure: Failure | null = null;
  choice: IRunChoice = {
    resource: 'local',
    kernel: 'python3',
    cores: 2,
    memory: 4 * 1024 ** 3
  };
  readonly changed: Signal<ITomoJobs, void> = new Signal(this);
  isDisposed = false;
  readonly calls: string[] = [];
  text = '';

  commands: { name: string; command: string }[] = [];

  get limits(): IRunLimits {
    const { cores, memory } = this.choice;
    return { cores, memory, ...this.clusterLimits };
  }
  clusterLimits: Partial<IRunLimits> = {};

  setChoice(choice: Partial<IRunChoice>): void {
    this.choice = { ...this.choice, ...choice };
    this.changed.emit();
  }
  setLimits(limits: Partial<IRunLimits>): void {
    if (this.clusterLimits.time === undefined) {
      this.choice = { ...this.choice, ...limits };
    } else {
      this.clusterLimits = { ...this.clusterLimits, ...limits };
    }
    this.changed.emit();
  }
  plan(): Promise<SubmissionPlan> {
    return Promise.reject(new Error('No plan is set.'));
  }
  runAgain(id: string): Promise<Job> {
    this.calls.push(`again ${id}`);
    return Promise.resolve(job());
  }
  job(id: string): Promise<Job> {
    const found = this.jobs.find(each => each.id === id);
    return found ? Promise.resolve(found) : Promise.reject(new Error('gone'));
  }
  fetchResult(id: string, request: FetchRequest): Promise<void> {
    this.calls.push(`fetch ${id} ${request.folder}`);
    return Promise.resolve();
  }
  stopFetching(id: string): Promise<void> {
    this.calls.push(`stop ${id}`);
    return Promise.resolve();
  }
  submit(): Promise<Job> {
    return Promise.resolve(job());
  }
  /** What an estimate warns of. */
  warnings: string[] = [];
  estimate(): Promise<Estimate> {
    this.calls.push('estimate');
    if (this.failure) {
      return Promise.reject(new ApiError(this.failure));
    }
    return Promise.resolve({ ...ESTIMATE, warnings: this.warnings });
  }
  cancel(id: string): Promise<void> {
    this.calls.push(`cancel ${id}`);
    return Promise.resolve();
  }
  resume(id: string): Promise<void> {
    this.calls.push(`resume ${id}`);
    return Promise.resolve();
  }
  forget(id: string): Promise<void> {
    this.calls.push(`forget ${id}`);
    return Promise.resolve();
  }
  log(
    id: string,
    offset: number
  ): Promise<{ text: string; offset: number; size: number }> {
    return Promise.resolve({
      text: this.text.slice(offset),
      offset: this.text.length,
      size: this.text.length
    });
  }
  refresh(): Promise<void> {
    this.calls.push('refresh');
    return Promise.resolve();
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

/** Settings of clusters that are kept in memory; log-ins are answered by `replies`, in turn. */
export class FakeClusters implements ITomoClusters {
  clusters: readonly ICluster[] = [];
  readonly presets = [
    {
      title: 'SCARF (STFC)',
      help: 'The cluster of STFC.',
      cluster: { name: 'scarf', title: 'SCARF', host: 'scarf.rl.ac.uk' }
    }
  ];
  readonly schema = pluginSchema.definitions.cluster;
  readonly changed: Signal<ITomoClusters, void> = new Signal(this);
  isDisposed = false;
  readonly calls: string[] = [];
  wrong = new Map<string, string>();
  preflight: Preflight = { resource: 'scarf', checks: [] };
  listed: Queue = { resource: 'scarf', seen: '2026-11-23T20:00:00Z', jobs: [] };

  freeName(wanted: string): string {
    return wanted;
  }
  problems(): ReadonlyMap<string, string> {
    return this.wrong;
  }
  save(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): Promise<void> {
    this.calls.push(`save ${JSON.stringify(cluster)} for ${String(replaces)}`);
    const saved = { name: '', host: '', ...cluster };
    this.clusters = [
      ...this.clusters.filter(each => each.name !== replaces),
      saved
    ];
    this.changed.emit();
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.calls.push(`remove ${name}`);
    this.clusters = this.clusters.filter(each => each.name !== name);
    this.changed.emit();
    return Promise.resolve();
  }
  test(name: string): Promise<Preflight> {
    this.calls.push(`test ${name}`);
    return Promise.resolve(this.preflight);
  }
  logIn(): Promise<LoginReply> {
    return Promise.resolve({ state: 'online' });
  }
  answer(): Promise<LoginReply> {
    return Promise.resolve({ state: 'online' });
  }
  logOut(name: string): Promise<Resource> {
    this.calls.push(`log out ${name}`);
    return Promise.resolve(scarf({ state: 'offline' }));
  }
  queue(name: string): Promise<Queue> {
    this.calls.push(`queue ${name}`);
    return Promise.resolve(this.listed);
  }
  cancelQueued(name: string, ids: readonly string[]): Promise<Queue> {
    this.calls.push(`cancel ${ids.join(' ')} on ${name}`);
    return Promise.resolve(this.listed);
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

export function scarf(changes: Partial<Resource> = {}): Resource {
  return {
    name: 'scarf',
    title: 'SCARF',
    kind: 'slurm-ssh',
    state: 'online',
    kernels: [],
    cluster: {
      host: 'scarf.rl.ac.uk',
      port: 22,
      user: 'scarf123',
      partition: 'scarf',
      work: '/work3/imat/scarf123',
      cores: 8,
      memory: 31 * 1024 ** 3,
      time: 120,
      tasks: 16
    },
    ...changes
  };
}

/** The part of the tracker that the panel uses. */
export function fakeTracker(session: IRecipeSession | null): IRecipeTracker {
  const tracker = { currentWidget: session ? { session } : null };
  const partial: unknown = Object.assign(tracker, {
    currentChanged: new Signal<object, unknown>(tracker)
  });
  return partial as IRecipeTracker;
}

/** The contents manager's word of files that were renamed, moved or deleted. */
export class FakeFiles {
  readonly fileChanged = new Signal<Contents.IManager, Contents.IChangedArgs>(
    {} as Contents.IManager
  );

  tell(change: Contents.IChangedArgs): void {
    this.fileChanged.emit(change);
  }
}

export function fakeContext(
  session: IRecipeSession | null,
  jobs = new FakeJobs(),
  clusters = new FakeClusters(),
  tools: ITomoApi['tools'] = () => Promise.resolve({ tools: [] }),
  files = new FakeFiles()
): IPanelContext & { failed: unknown[] } {
  const failed: unknown[] = [];
  return {
    model: new PanelModel(fakeTracker(session), jobs, clusters, null, files),
    clusters,
    tools: new ToolCatalogue({ tools }, jobs),
    commands: new CommandRegistry(),
    trans: nullTranslator.load('jupyterlab_tomo'),
    openData: () => Promise.resolve(),
    fail: reason => failed.push(reason),
    failed
  };
}

function read(text: string): Recipe {
  const value: unknown = JSON.parse(text);
  if (!isRecipe(value)) {
    throw new Error(problemsOf(value)[0]?.message);
  }
  return value;
}
