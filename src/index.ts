/**
 * JupyterLab's door: all plugins, part by part.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { plugins as documentPlugins } from './document';
import { plugins as jobsPlugins } from './jobs';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...documentPlugins,
  ...jobsPlugins
];

export * from './tokens';
export default plugins;
