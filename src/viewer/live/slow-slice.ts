/**
 * Slices of external tools may take minutes: what one costs is said before it
 * is begun, and it is begun when the user says so.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import type { Recipe } from '../../recipe';
import { effectiveReconstruction, kernelForCost, toolOf } from '../../recipe';
import type { ITomoApi } from '../../tokens';
import { formatSeconds } from '../../quantities';
import type { IMessage } from '../message';
import { mayBeSlow, priceOf, SLOW } from '../price';

/** What is to be done about a slice. */
export type Verdict = 'go' | 'wait' | IMessage;

export interface ISlowSlicesOptions {
  readonly api: Pick<ITomoApi, 'estimate'>;
  /** Purpose of the requests, of this viewer alone. */
  readonly purpose: string;
  readonly trans: TranslationBundle;
  /** The kernel whose Python has tools of other packages. */
  readonly kernel: () => string | undefined;
  /** Called when a verdict has changed: the estimate came, or the user agreed. */
  readonly changed: () => void;
}

export class SlowSlices implements IDisposable {
  constructor(private readonly _options: ISlowSlicesOptions) {}

  get isDisposed(): boolean {
    return this._disposed;
  }

  /**
   * Whether a slice may be begun.
   *
   * @param key of the slice: what was agreed to holds for it alone
   */
  about(base: string, recipe: Recipe, key: string): Verdict {
    if (key !== this._agreed) {
      // Another slice is wanted: what was computed is not, and the next one begins anew.
      this.rest();
    }
    const { tool, method } = effectiveReconstruction(recipe);
    if (!mayBeSlow(recipe) || key === this._agreed) {
      return 'go';
    }
    // Rows and axes cost the same.
    const { dataset, regions, reconstruction } = recipe;
    const price = JSON.stringify([
      base,
      dataset,
      regions?.roi,
      reconstruction,
      kernelForCost(recipe, this._options.kernel())
    ]);
    if (price !== this._price) {
      this._price = price;
      this._seconds = undefined;
      void this._ask(base, recipe, price);
    }
    const seconds = this._seconds;
    if (seconds === undefined) {
      return 'wait';
    }
    if (seconds === null || seconds < SLOW) {
      return 'go';
    }
    const { trans, changed } = this._options;
    return {
      kind: 'empty',
      title: trans.__(
        'This slice takes about %1 by %2 %3.',
        formatSeconds(seconds),
        toolOf(tool)?.title ?? tool,
        method
      ),
      actions: [
        {
          text: trans.__('Compute'),
          run: () => {
            this._agreed = key;
            changed();
          }
        }
      ]
    };
  }

  /** What stands in the image's place while an agreed slice is computed; null for quick ones. */
  computing(key: string, stop: () => void): IMessage | null {
    if (key !== this._agreed) {
      return null;
    }
    const { trans } = this._options;
    this._since ??= performance.now();
    return {
      kind: 'busy',
      since: this._since,
      title: this._seconds
        ? trans.__(
            'Computing this slice, which takes about %1…',
            formatSeconds(this._seconds)
          )
        : trans.__('Computing this slice…'),
      actions: [
        {
          text: trans.__('Cancel'),
          run: () => {
            this._agreed = '';
            stop();
          }
        }
      ]
    };
  }

  /** Nothing is computed any more: the next one begins anew. */
  rest(): void {
    this._since = null;
  }

  dispose(): void {
    this._disposed = true;
    this._abort.abort();
  }

  private async _ask(
    base: string,
    recipe: Recipe,
    price: string
  ): Promise<void> {
    const { api, purpose, kernel } = this._options;
    let seconds: number | null = null;
    try {
      seconds = await priceOf(
        api,
        purpose,
        base,
        recipe,
        kernel(),
        this._abort.signal
      );
    } catch {
      // What is wrong with the recipe or the tool, the slice itself will say.
    }
    if (price === this._price && !this._disposed) {
      this._seconds = seconds;
      this._options.changed();
    }
  }

  private _price = '';
  private _seconds: number | null | undefined;
  private _agreed = '';
  /** When what is computed now was begun; null: nothing is. */
  private _since: number | null = null;
  private _disposed = false;
  private readonly _abort = new AbortController();
}
