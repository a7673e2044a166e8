/**
 * The viewers: of recipes, of results, and of notebook outputs.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { centrePlugin } from './centre';
import { holdKeyPlugin, recipeViewerPlugin, sliceCommandPlugin } from './live';
import { outputPlugin } from './outputs';
import { resultPlugin } from './results';

export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  recipeViewerPlugin,
  sliceCommandPlugin,
  holdKeyPlugin,
  resultPlugin,
  outputPlugin,
  centrePlugin
];
