/**
 * The text of a document as a recipe: what it says, what is wrong with it, and
 * minimal edits of it, one undo step each.
 */
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { parseRecipe, RECIPE_VERSION, recipeText, textEdits } from '../recipe';
import type { IRecipeEdit, ITextEdit, Recipe } from '../recipe';
import { endUndoStep } from '../undo';

export class RecipeText implements IDisposable {
  constructor(private readonly _model: DocumentRegistry.ICodeModel) {
    _model.contentChanged.connect(this._onContent, this);
  }

  /** The recipe; the last valid one while the text is invalid. */
  get recipe(): Recipe {
    return this._recipe;
  }

  /** One sentence each; empty while the text is valid. */
  get problems(): readonly string[] {
    return this._problems;
  }

  /** The text says something else than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  /** Read the text, as after loading. */
  refresh(): void {
    const { recipe, problems } = parseRecipe(
      this._model.sharedModel.getSource()
    );
    this._recipe = recipe ?? this._recipe;
    this._problems = problems.map(problem => problem.message);
    this._changed.emit();
  }

  /**
   * Make some changes in one transaction.
   *
   * @throws EditError when the text is not JSON.
   */
  edit(changes: readonly IRecipeEdit[]): void {
    const shared = this._model.sharedModel;
    const edits = editsOf(shared.getSource(), changes);
    if (edits.length === 0) {
      return;
    }
    // Dragging one thing stays one step; another thing is another step.
    const subject = JSON.stringify(changes.map(change => change.path));
    if (subject !== this._subject) {
      endUndoStep(shared);
    }
    this._editing = true;
    try {
      shared.transact(() => {
        for (const { start, end, text } of edits) {
          shared.updateSource(start, end, text);
        }
      });
    } finally {
      this._editing = false;
    }
    this._subject = subject;
  }

  undo(): void {
    this._model.sharedModel.undo();
  }

  redo(): void {
    this._model.sharedModel.redo();
  }

  private readonly _onContent = (): void => {
    if (!this._editing) {
      // A text editor, or the file: what is dragged next is a step of its own.
      this._subject = '';
    }
    this.refresh();
  };

  private _recipe: Recipe = { version: RECIPE_VERSION };
  private _problems: readonly string[] = [];
  private _subject = '';
  private _editing = false;
  private _disposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** A document without any text starts as the default recipe. */
function editsOf(text: string, changes: readonly IRecipeEdit[]): ITextEdit[] {
  if (text.trim() !== '') {
    return textEdits(text, changes);
  }
  const start = recipeText();
  return [
    { start: 0, end: text.length, text: start },
    ...textEdits(start, changes)
  ];
}
