/**
 * JupyterLab's door: all plugins, part by part.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { plugins as documentPlugins } from './document';
import { plugins as jobsPlugins } from './jobs';
import { plugins as panelPlugins } from './panel';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...documentPlugins,
  ...jobsPlugins,
  ...panelPlugins
];

export * from './tokens';
export default plugins;
