/**
 * Stand-ins for what a viewer talks to.
 */
import { Signal } from '@lumino/signaling';

import type { Centre, Description, IFrame } from '../../api';
import { applyEdits, parseRecipe, textEdits } from '../../recipe';
import type { Recipe } from '../../recipe';
import type {
  Fetched,
  IRecipeChange,
  IRecipeSession,
  ITomoApi,
  IViewPosition
} from '../../tokens';

export const DESCRIPTION = {
  path: '/data/scan',
  frames: 2,
  rows: 8,
  columns: 512,
  angles: { first: 0, last: 90, count: 2, unit: 'degree', source: 'file' },
  warnings: []
} as unknown as Description;

/** An open recipe that is changed in memory. */
export class FakeSession {
  constructor(public recipe: Recipe) {}

  base: string | null = '/data';
  problems: readonly string[] = [];
  description: Fetched<Description> = { state: 'ready', value: DESCRIPTION };
  centre: Fetched<Centre> = { state: 'none' };
  position: IViewPosition = { mode: 'slice', frame: 0, row: 3 };
  readonly changed = new Signal<
    IRecipeSession,
    'recipe' | 'description' | 'position'
  >(this.session);
  readonly edits: IRecipeChange[][] = [];
  rowSeconds: number | null = null;
  /** What rows are told to have taken. */
  readonly took: unknown[][] = [];
  /** Axes of slices, and of which recipes. */
  readonly axes: unknown[][] = [];

  get session(): IRecipeSession {
    return this as unknown as IRecipeSession;
  }

  edit(...changes: IRecipeChange[]): void {
    this.edits.push(changes);
    const text = JSON.stringify(this.recipe);
    const { recipe } = parseRecipe(applyEdits(text, textEdits(text, changes)));
    this.recipe = recipe ?? this.recipe;
    this.changed.emit('recipe');
  }

  tookRow(...told: unknown[]): void {
    this.took.push(told);
  }

  tookAxis(...told: unknown[]): void {
    this.axes.push(told);
  }

  moveTo(position: Partial<IViewPosition>): void {
    this.position = { ...this.position, ...position };
    this.changed.emit('position');
  }
}

/** A request on its way. */
export interface IOnTheWay {
  readonly request: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
  answer(frame: IFrame): void;
  fail(error: unknown): void;
}

/** An api whose images come when a test says so. */
export class SlowApi {
  readonly asked: IOnTheWay[] = [];
  readonly notices = new Signal<unknown, unknown>(this);
  readonly connection = new Signal<unknown, unknown>(this);
  answer: unknown = null;

  get api(): ITomoApi {
    return this as unknown as ITomoApi;
  }

  preview = this._ask.bind(this);
  projection = this._ask.bind(this);
  slice = this._ask.bind(this);

  result(): Promise<unknown> {
    return Promise.resolve(this.answer);
  }

  private _ask(
    request: Readonly<Record<string, unknown>>,
    signal?: AbortSignal
  ): Promise<IFrame> {
    return new Promise((resolve, reject) => {
      this.asked.push({ request, signal, answer: resolve, fail: reject });
      signal?.addEventListener('abort', () =>
        reject(new DOMException('Not wanted any more.', 'AbortError'))
      );
    });
  }
}

/** An image of one value. */
export const imageFrame = (
  value: number,
  about: Readonly<Record<string, unknown>> = {},
  size = 4
): IFrame =>
  ({
    header: { dtype: 'float32', shape: [size, size], about },
    body: new Float32Array(size * size).fill(value).buffer
  }) as unknown as IFrame;

/** Give elements a size, which they do not have here; call the result in the end. */
export function sized(): () => void {
  const sizes = ['clientWidth', 'clientHeight'] as const;
  for (const size of sizes) {
    Object.defineProperty(HTMLElement.prototype, size, {
      configurable: true,
      get: () => 400
    });
  }
  return () => {
    for (const size of sizes) {
      Reflect.deleteProperty(HTMLElement.prototype, size);
    }
  };
}
