/**
 * What a recipe document shows when no viewer is there: its recipe in words.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { effectiveFilters, effectiveReconstruction, stepOf } from '../recipe';
import type { Fetched, IRecipeSession, IRecipeViewerFactory } from '../tokens';
import type { Description } from '../api';
import { failureSentence } from '../field-names';

export function plainViewerFactory(
  trans: TranslationBundle
): IRecipeViewerFactory {
  return { create: session => new PlainViewer(session, trans) };
}

class PlainViewer extends Widget {
  constructor(
    private readonly _session: IRecipeSession,
    private readonly _trans: TranslationBundle
  ) {
    super({ node: document.createElement('pre') });
    this.addClass('jp-tomo-PlainViewer');
    this.node.tabIndex = 0;
    _session.changed.connect(this._show, this);
    this._show();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._session.changed.disconnect(this._show, this);
      super.dispose();
    }
  }

  private readonly _show = (): void => {
    this.node.textContent = summary(this._session, this._trans).join('\n');
  };
}

/** The recipe in a few lines of text. */
export function summary(
  session: IRecipeSession,
  trans: TranslationBundle
): string[] {
  const { recipe } = session;
  const { tool, method } = effectiveReconstruction(recipe);
  const steps = effectiveFilters(recipe)
    .filter(filter => filter.enabled)
    .map(filter => stepOf(filter.name)?.title ?? filter.name);
  return [
    trans.__('Data set: %1', recipe.dataset?.path ?? trans.__('none')),
    described(session.description, trans),
    trans.__('Filters: %1', steps.join(', ') || trans.__('none')),
    trans.__('Tool: %1, %2', tool, method),
    ...session.problems
  ].filter(Boolean);
}

function described(
  description: Fetched<Description>,
  trans: TranslationBundle
): string {
  switch (description.state) {
    case 'none':
      return '';
    case 'pending':
      return '…';
    case 'failed':
      return failureSentence(description.failure, trans);
    case 'ready': {
      const { frames, rows, columns } = description.value;
      return trans.__('%1 projections of %2 x %3', frames, rows, columns);
    }
  }
}
