/**
 * An open recipe that really changes by its edits, and what it knows of its data.
 */
import { Signal } from '@lumino/signaling';

import type { Centre, Description } from '../../../api';
import type { IAxis } from '../../../axis';
import type { Recipe } from '../../../recipe';
import {
  applyEdits,
  isRecipe,
  problemsOf,
  recipeText,
  textEdits
} from '../../../recipe';
import type {
  Fetched,
  IRecipeChange,
  IRecipeSession,
  IViewPosition,
  SessionChange
} from '../../../tokens';

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
  readonly changed: Signal<IRecipeSession, SessionChange> = new Signal(this);
  usedAxis: IAxis | null = null;
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
  tookAxis(axis: IAxis): void {
    this.usedAxis = axis;
    this.changed.emit('axis');
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

function read(text: string): Recipe {
  const value: unknown = JSON.parse(text);
  if (!isRecipe(value)) {
    throw new Error(problemsOf(value)[0]?.message);
  }
  return value;
}
