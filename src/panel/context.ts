/**
 * What every part of the panel needs, without passing it through each.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import type { ITomoClusters } from '../tokens';
import type { PanelModel } from './model';
import type { ToolCatalogue } from './tools';

export interface IPanelContext {
  readonly model: PanelModel;
  readonly clusters: ITomoClusters;
  /** The tools of the chosen kernel. */
  readonly tools: ToolCatalogue;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  /** Pick data in a dialog and open it; null where there is no file browser. */
  readonly openData: ((what: 'folder' | 'file') => Promise<void>) | null;
  /** Tell of something that went wrong. */
  readonly fail: (reason: unknown) => void;
}

export const PanelContext = React.createContext<IPanelContext | null>(null);

export function usePanel(): IPanelContext {
  const context = React.useContext(PanelContext);
  if (!context) {
    throw new Error('Parts of the panel are drawn inside the panel.');
  }
  return context;
}
