/**
 * JupyterLab's door: all plugins, part by part.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { plugins as clustersPlugins } from './clusters';
import { plugins as documentPlugins } from './document';
import { plugins as jobsPlugins } from './jobs';
import { plugins as panelPlugins } from './panel';
import { plugins as savuPlugins } from './savu';
import { plugins as viewerPlugins } from './viewer';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...clustersPlugins,
  ...documentPlugins,
  ...jobsPlugins,
  ...panelPlugins,
  ...savuPlugins,
  ...viewerPlugins
];

export * from './tokens';
export default plugins;
