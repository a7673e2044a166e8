/**
 * The joints: what the parts of the extension know of each other.
 *
 * `document`, `panel`, `jobs` and `viewer` import these and `api/` and
 * `recipe/`, never one another's files.
 */
import type { IWidgetTracker } from '@jupyterlab/apputils';
import type {
  DocumentRegistry,
  IDocumentWidget
} from '@jupyterlab/docregistry';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { IApiClient } from './api';
import type { IAxis } from './axis';
import type {
  Centre,
  Description,
  Estimate,
  Failure,
  FetchRequest,
  Job,
  LoginAnswer,
  LoginReply,
  LoginRequest,
  Preflight,
  Queue,
  Resource,
  SubmissionPlan
} from './api';
import type { Recipe } from './recipe';

/** Ids of all commands; each is added by the plugin in the comment. */
export namespace CommandIDs {
  /** document: new recipe document beside the current folder. args: { cwd?: string } */
  export const createNew = 'tomo:create-new';
  /** document: make (or find) the recipe of a data folder or NXtomo file and open it. args: { path: string } contents path, or { selected: true } for the selection of the file browser; without either, the user is asked */
  export const openData = 'tomo:open-data';
  /** document: choose data that lie on a cluster, and make (or find) their recipe. args: { resource?: string, replace?: boolean }; with `replace` the current recipe takes them */
  export const openRemoteData = 'tomo:open-remote-data';
  /** document: undo and redo in the current recipe. */
  export const undo = 'tomo:undo';
  export const redo = 'tomo:redo';
  /** panel: show the panel. */
  export const showPanel = 'tomo:show-panel';
  /** panel: find the centre of rotation of the current recipe. */
  export const findCentre = 'tomo:find-centre';
  /** viewer: choose the centre of rotation of the current recipe by eye. */
  export const centreByEye = 'tomo:centre-by-eye';
  /** jobs: run the current recipe on the whole region. */
  export const reconstruct = 'tomo:reconstruct';
  /** viewer: reconstruct the shown row. */
  export const reconstructSlice = 'tomo:reconstruct-slice';
  /** viewer: open a result folder to the right of the current notebook. args: { folder: string, name?: string, resource?: string } absolute folder, and the cluster that sees it */
  export const openResult = 'tomo:open-result';
  /** viewer: insert the current result as a cell into the notebook beside. */
  export const insertResult = 'tomo:insert-result';
  /** viewer: copy the folder of the current result. */
  export const copyResultPath = 'tomo:copy-result-path';
  /** jobs: insert the current recipe as a cell into the active notebook. */
  export const insertCell = 'tomo:insert-cell';
  /** savu: new process list beside the current folder. args: { cwd?: string } */
  export const savuNew = 'tomo:savu-new';
  /** savu: open a process list, whatever its ending. args: { path: string } contents path; without it the selection of the file browser */
  export const savuOpen = 'tomo:savu-open';
  /** savu: open the folder of a Savu result as a result. args: { path: string } contents path of its *_processed.nxs; without it the selection of the file browser */
  export const savuResult = 'tomo:savu-result';
  /** savu: write the current recipe as a process list of Savu beside it, and open that. */
  export const exportSavu = 'tomo:export-savu';
  /** savu: write the current recipe as a pipeline of HTTomo beside it, and open that. */
  export const exportHttomo = 'tomo:export-httomo';
  /** savu: undo and redo in the current process list. */
  export const savuUndo = 'tomo:savu-undo';
  export const savuRedo = 'tomo:savu-redo';
  /** jobs: show what a run of the current recipe would do before it is submitted. */
  export const showPlan = 'tomo:show-plan';
  /** jobs: show the batch script and the command line of a job. args: { id: string } */
  export const showScript = 'tomo:show-script';
  /** jobs: open the recipe that a job was run with. args: { id: string } */
  export const useRecipe = 'tomo:use-recipe';
  /** jobs: copy the result of a remote job to this server. args: { id: string } */
  export const fetchResult = 'tomo:fetch-result';
  /** panel: show all jobs as a table in the main area. */
  export const showJobs = 'tomo:show-jobs';
  /** clusters: log in; true when the cluster is online in the end. args: { resource?: string }; without, the one that is chosen, or the user is asked */
  export const logIn = 'tomo:log-in';
  /** clusters: log out; jobs go on. args: { resource?: string } */
  export const logOut = 'tomo:log-out';
}

/** What the viewer of a recipe shows. */
export type ViewMode = 'projection' | 'sinogram' | 'slice';

/** Where in the data set the viewer of a recipe stands. */
export interface IViewPosition {
  readonly mode: ViewMode;
  /** Projection, in acquisition order. */
  readonly frame: number;
  /** Row of the full image. */
  readonly row: number;
}

/** The pending, ready or failed state of something that is fetched. */
export type Fetched<T> =
  | { readonly state: 'none' }
  | { readonly state: 'pending' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: Failure };

/** What of an open recipe has changed. */
export type SessionChange =
  'recipe' | 'description' | 'centre' | 'position' | 'path' | 'cost' | 'axis';

/**
 * One open recipe: the document's text as a recipe, what is known of its data
 * set, and where its viewer stands. The panel and the viewer share it.
 */
export interface IRecipeSession extends IDisposable {
  /** Contents path of the document. */
  readonly path: string;
  /** Name without the extension, as `{name}` in output folders. */
  readonly name: string;
  /** Absolute folder that relative paths start from; null until resolved or when the drive has no files. */
  readonly base: string | null;
  /** The recipe; the last valid one while the text is invalid. */
  readonly recipe: Recipe;
  /** Why the text is not a valid recipe, one sentence each; empty when it is. */
  readonly problems: readonly string[];
  /** The data set as the runner describes it. */
  readonly description: Fetched<Description>;
  /** The last answer of the centre finder. */
  readonly centre: Fetched<Centre>;
  readonly position: IViewPosition;
  /** Seconds that the server last took for the projections of one row; null: not known yet. */
  readonly rowSeconds: number | null;
  /** The axis, at its row, about which the last slice of these data was made; null: there was none. */
  readonly usedAxis: IAxis | null;

  /** Anything above changed. The argument says what. */
  readonly changed: ISignal<IRecipeSession, SessionChange>;

  /**
   * Change the document by minimal JSON edits in one transaction (one undo
   * step). A value of undefined removes the key and then empty parents.
   */
  edit(...changes: IRecipeChange[]): void;
  undo(): void;
  redo(): void;
  /** Move the viewer. */
  moveTo(position: Partial<IViewPosition>): void;
  /** The server took so long for the projections of a row. */
  tookRow(seconds: number): void;
  /** A slice of that recipe, this one as it was when it was asked for, was made about this axis. */
  tookAxis(axis: IAxis, recipe: Recipe): void;
  /** Ask the runner again about the data set. */
  describe(): Promise<void>;
  /** The same without a word, for data that may have been written anew; what is known stays when nobody answers. */
  lookAgain(): Promise<void>;
  /**
   * Find the centre of rotation and, unless it is uncertain, write it into the recipe.
   *
   * @param kernel where methods of an external tool find it; left out: the agent's own Python
   */
  findCentre(kernel?: string): Promise<void>;
  /** Find it no more; the last answer stays. */
  cancelCentre(): void;
}

/** `path` is JSON keys and indices, as ['regions', 'centre', 'column']. */
export interface IRecipeChange {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** A recipe document in the main area; its content is the viewer. */
export interface IRecipeDocument extends IDocumentWidget<
  Widget,
  DocumentRegistry.ICodeModel
> {
  readonly session: IRecipeSession;
}

/** The open recipe documents; `currentWidget` is the one the panel edits. */
export interface IRecipeTracker extends IWidgetTracker<IRecipeDocument> {}
export const IRecipeTracker = new Token<IRecipeTracker>(
  'jupyterlab-tomo:IRecipeTracker',
  'The open recipe documents. Use it to follow or edit the current recipe.'
);

/** The one client of the server side. */
export interface ITomoApi extends IApiClient {}
export const ITomoApi = new Token<ITomoApi>(
  'jupyterlab-tomo:ITomoApi',
  'The client of the tomography proxy. Use it to describe data, preview rows and read results.'
);

/** Makes the content of a recipe document; given by the viewer to the document factory. */
export interface IRecipeViewerFactory {
  create(session: IRecipeSession): Widget;
}
export const IRecipeViewerFactory = new Token<IRecipeViewerFactory>(
  'jupyterlab-tomo:IRecipeViewerFactory',
  'Makes the viewer inside a recipe document. Replace it to show recipes in another way.'
);

/** Where and how much a run may take; kept between sessions as settings. */
export interface IRunChoice {
  readonly resource: string;
  readonly kernel: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

/** What a run on the chosen resource may take; of a cluster, what each of its tasks may. */
export interface IRunLimits {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** Minutes; clusters only. */
  readonly time?: number;
  /** Most tasks at once; clusters only. */
  readonly tasks?: number;
}

/** A custom command that the user keeps in the settings; being there, it is approved. */
export interface ISavedCommand {
  readonly name: string;
  readonly command: string;
}

/** The jobs of this user, kept up to date. */
export interface ITomoJobs extends IDisposable {
  /** Newest first. */
  readonly jobs: readonly Job[];
  readonly resources: readonly Resource[];
  /** Set while the proxy cannot be reached. */
  readonly failure: Failure | null;
  readonly choice: IRunChoice;
  setChoice(choice: Partial<IRunChoice>): void;
  /** Those of the chosen resource. */
  readonly limits: IRunLimits;
  setLimits(limits: Partial<IRunLimits>): void;
  /** The custom commands that are kept in the settings. */
  readonly commands: readonly ISavedCommand[];
  readonly changed: ISignal<ITomoJobs, void>;
  /**
   * Submit the whole region of a recipe, or the rows [first, past last).
   *
   * @param checksum - data that are on the cluster already are compared by content, too.
   */
  submit(
    session: IRecipeSession,
    rows?: [number, number],
    checksum?: boolean
  ): Promise<Job>;
  estimate(session: IRecipeSession): Promise<Estimate>;
  /** What submitting would do; nothing is made. */
  plan(
    session: IRecipeSession,
    rows?: [number, number],
    checksum?: boolean
  ): Promise<SubmissionPlan>;
  /** Submit the recipe of a job once more, to the same resource. */
  runAgain(id: string): Promise<Job>;
  /** One job with its recipe and its batch script. */
  job(id: string): Promise<Job>;
  /** Copy the result of a remote job to this server; the job's `transfer` tells how far it is. */
  fetchResult(id: string, request: FetchRequest): Promise<void>;
  stopFetching(id: string): Promise<void>;
  cancel(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  forget(id: string): Promise<void>;
  log(
    id: string,
    offset: number
  ): Promise<{ text: string; offset: number; size: number }>;
  refresh(): Promise<void>;
}
export const ITomoJobs = new Token<ITomoJobs>(
  'jupyterlab-tomo:ITomoJobs',
  'The reconstruction jobs. Use it to submit and follow runs.'
);

/** A cluster as the settings describe it (`cluster` in schema/plugin.json); what is left out has its default. */
export interface ICluster extends ReadonlyPartialJSONObject {
  readonly name: string;
  readonly host: string;
}

/** What a new cluster begins with. */
export interface IClusterPreset {
  readonly title: string;
  readonly help: string;
  readonly cluster: ReadonlyPartialJSONObject & { readonly name: string };
}

/** The clusters of the settings, and the log-ins to them. Their states are among the resources of `ITomoJobs`. */
export interface ITomoClusters extends IDisposable {
  readonly clusters: readonly ICluster[];
  readonly presets: readonly IClusterPreset[];
  /** JSON Schema of one cluster; null where settings cannot be kept. */
  readonly schema: ReadonlyPartialJSONObject | null;
  readonly changed: ISignal<ITomoClusters, void>;
  /** A name for a new cluster: the wanted one, or with a number when there is such a cluster. */
  freeName(wanted: string): string;
  /**
   * What is wrong with settings, a sentence for each property.
   *
   * @param replaces - name of the cluster that they take the place of, if any.
   */
  problems(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): ReadonlyMap<string, string>;
  /** Keep a cluster among the settings, and have the proxy take it up. */
  save(
    cluster: ReadonlyPartialJSONObject,
    replaces: string | null
  ): Promise<void>;
  remove(name: string): Promise<void>;
  test(name: string, signal?: AbortSignal): Promise<Preflight>;
  logIn(request: LoginRequest, signal?: AbortSignal): Promise<LoginReply>;
  answer(answer: LoginAnswer, signal?: AbortSignal): Promise<LoginReply>;
  logOut(name: string): Promise<Resource>;
  /** All jobs of the user there, ours and others. */
  queue(name: string): Promise<Queue>;
  /** End jobs of the user there, ours or not; the queue after it. */
  cancelQueued(name: string, ids: readonly string[]): Promise<Queue>;
}
export const ITomoClusters = new Token<ITomoClusters>(
  'jupyterlab-tomo:ITomoClusters',
  'The Slurm clusters of the settings. Use it to set clusters up, test them, and log in.'
);
