/**
 * The sweep over the slice of a recipe: what it is made with, and when it has
 * to go.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import { isOfAnotherPackage } from '../../recipe';
import type { IRecipeSession, ITomoApi } from '../../tokens';
import type { EngineWorkers } from '../../tuning';
import type { ContrastModel } from '../contrast';
import type { IImage } from '../pixels/image';
import { othersSchema, SweepView } from '../sweep';
import type { Schema } from '../sweep';
import { rowCostOf, usedAxis, usedPivot } from './regions';
import { sliceSource } from './slice-source';

export interface IRecipeSweepOptions {
  readonly session: IRecipeSession;
  readonly api: ITomoApi;
  readonly workers: EngineWorkers | null;
  readonly kernel: () => string | undefined;
  readonly trans: TranslationBundle;
  readonly contrast: ContrastModel;
  /** Another image is shown. */
  readonly shown: ISignal<unknown, IImage>;
  /** What is shown; null: nothing. */
  readonly image: () => IImage | null;
  /** Of the requests, of one viewer alone. */
  readonly purpose: string;
  /** Lay it over the image until it is disposed. */
  readonly cover: (view: Widget) => void;
  /** What is said of who makes its slices has changed. */
  readonly troubled: () => void;
  /** The user is done. */
  readonly closed: () => void;
}

export class RecipeSweep implements IDisposable {
  constructor(private readonly _options: IRecipeSweepOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether what is looked at can be swept. */
  get isPossible(): boolean {
    const { position } = this._options.session;
    return position.mode === 'slice' && this._recipeTool !== 'command';
  }

  /** Why the server makes its slices, in a sentence; empty: it does not, or is to. */
  get trouble(): string {
    return this._view?.trouble ?? '';
  }

  async open(): Promise<void> {
    const { session, api, kernel, purpose } = this._options;
    const { recipe } = session;
    const schema = isOfAnotherPackage(recipe.reconstruction?.tool ?? '')
      ? await othersSchema(api, recipe, `sweep tools ${purpose}`, kernel())
      : undefined;
    if (!this._disposed && recipe === session.recipe) {
      this._lay(schema);
    }
  }

  /** The recipe, or what is looked at, is another. */
  follow(): void {
    if (!this.isPossible || this._tool !== this._recipeTool) {
      this._end();
    }
  }

  dispose(): void {
    this._disposed = true;
    this._end();
  }

  private get _recipeTool(): string | undefined {
    return this._options.session.recipe.reconstruction?.tool;
  }

  private _lay(schema: Schema | undefined): void {
    const { session, trans, contrast, shown, kernel } = this._options;
    const image = this._options.image();
    if (!image || this._view) {
      return;
    }
    const ofImage =
      <T>(read: (image: IImage) => T) =>
      (): T | null => {
        const now = this._options.image();
        return now && read(now);
      };
    const rowCost = ofImage(rowCostOf);
    const source = sliceSource(
      this._options,
      image.columns,
      `sweep ${this._options.purpose}`,
      () => {
        const { rowSeconds } = session;
        return (
          rowCost() ??
          (rowSeconds === null ? null : { row: rowSeconds, measures: 0 })
        );
      }
    );
    source.standIn?.changed.connect(() => this._options.troubled());
    const view = new SweepView({
      session,
      sweep: source,
      contrast,
      trans,
      axis: ofImage(usedAxis),
      pivot: ofImage(usedPivot),
      shown,
      kernel: kernel(),
      schema
    });
    view.closed.connect(() => {
      this._end();
      this._options.closed();
    });
    this._view = view;
    this._tool = this._recipeTool;
    this._options.cover(view);
  }

  private _end(): void {
    if (this._view) {
      this._view.dispose();
      this._view = null;
      this._options.troubled();
    }
  }

  private _view: SweepView | null = null;
  /** The tool whose slices it shows. */
  private _tool: string | undefined;
  private _disposed = false;
}
