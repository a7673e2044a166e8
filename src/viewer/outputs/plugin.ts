/**
 * Registers the renderer of image outputs.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMAGE_MIME } from './payload';
import { ImageOutput } from './renderer';

/** Above image/png, which stands at 90: a lower rank is preferred. */
const RANK = 50;

export const outputPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:outputs',
  description: 'Shows images of the notebook API with axes and values.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IThemeManager, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    registry: IRenderMimeRegistry,
    themes: IThemeManager | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    registry.addFactory(
      {
        safe: true,
        mimeTypes: [IMAGE_MIME],
        createRenderer: () => new ImageOutput(themes, trans)
      },
      RANK
    );
  }
};
