/**
 * What every part of the editor needs, without passing it through each.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { SavuListModel } from './model';

export interface IEditorContext {
  readonly model: SavuListModel;
  readonly trans: TranslationBundle;
}

export const EditorContext = React.createContext<IEditorContext | null>(null);

export function useEditor(): IEditorContext {
  const context = React.useContext(EditorContext);
  if (!context) {
    throw new Error('Parts of the editor are drawn inside the editor.');
  }
  return context;
}
