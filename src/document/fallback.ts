/**
 * What a recipe document shows when no viewer is there: its recipe in words.
 */
import { Widget } from '@lumino/widgets';

import { effectiveFilters, effectiveReconstruction, stepOf } from '../recipe';
import type { Fetched, IRecipeSession, IRecipeViewerFactory } from '../tokens';
import type { Description } from '../api';

export const plainViewerFactory: IRecipeViewerFactory = {
  create: session => new PlainViewer(session)
};

class PlainViewer extends Widget {
  constructor(private readonly _session: IRecipeSession) {
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
    this.node.textContent = summary(this._session).join('\n');
  };
}

/** The recipe in a few lines of text. */
export function summary(session: IRecipeSession): string[] {
  const { recipe } = session;
  const { tool, method } = effectiveReconstruction(recipe);
  const steps = effectiveFilters(recipe)
    .filter(filter => filter.enabled)
    .map(filter => stepOf(filter.name)?.title ?? filter.name);
  return [
    `Data set: ${recipe.dataset?.path ?? 'none'}`,
    `          ${described(session.description)}`,
    `Filters:  ${steps.join(', ') || 'none'}`,
    `Tool:     ${tool}, ${method}`,
    ...session.problems
  ];
}

function described(description: Fetched<Description>): string {
  switch (description.state) {
    case 'none':
      return '';
    case 'pending':
      return '...';
    case 'failed':
      return `${description.failure.message} ${description.failure.hint}`;
    case 'ready': {
      const { frames, rows, columns } = description.value;
      return `${frames} projections of ${rows} x ${columns}`;
    }
  }
}
