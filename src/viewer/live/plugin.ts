/**
 * Gives recipe documents their viewer.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import {
  CommandIDs,
  IRecipeTracker,
  IRecipeViewerFactory,
  ITomoApi,
  ITomoJobs
} from '../../tokens';
import type { IRecipeSession } from '../../tokens';
import { engineWorkers } from '../../tuning';
import { HoldKey } from './hold-key';
import { RecipeViewer } from './recipe-viewer';

/** The open viewers, so that a command finds the one of a session. */
const viewers = new WeakMap<IRecipeSession, RecipeViewer>();

export const recipeViewerPlugin: JupyterFrontEndPlugin<IRecipeViewerFactory> = {
  id: 'jupyterlab-tomo:recipe-viewer',
  description: 'Shows projections, sinograms and slices of a recipe.',
  autoStart: true,
  provides: IRecipeViewerFactory,
  requires: [ITomoApi],
  optional: [IThemeManager, ITranslator, ITomoJobs],
  activate: (
    app: JupyterFrontEnd,
    api: ITomoApi,
    themes: IThemeManager | null,
    translator: ITranslator | null,
    jobs: ITomoJobs | null
  ): IRecipeViewerFactory => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    return {
      create: session => {
        const viewer = new RecipeViewer({
          session,
          api,
          themes,
          trans,
          workers: engineWorkers(),
          kernel: () => jobs?.choice.kernel,
          showPanel: () => {
            void app.commands.execute(CommandIDs.showPanel);
          },
          logIn: resource => {
            void app.commands.execute(CommandIDs.logIn, { resource });
          }
        });
        // What another kernel would make otherwise, or cannot make, is asked for again.
        let kernel = jobs?.choice.kernel;
        const follow = (): void => {
          const chosen = jobs?.choice.kernel;
          if (chosen !== kernel) {
            kernel = chosen;
            viewer.followKernel();
          }
        };
        jobs?.changed.connect(follow);
        viewer.disposed.connect(() => {
          jobs?.changed.disconnect(follow);
        });
        viewers.set(session, viewer);
        return viewer;
      }
    };
  }
};

/** Apart from the factory: the tracker's plugin needs the factory first. */
export const sliceCommandPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:slice-command',
  description: 'Reconstructs the shown row.',
  autoStart: true,
  requires: [IRecipeTracker],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    recipes: IRecipeTracker,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    app.commands.addCommand(CommandIDs.reconstructSlice, {
      label: trans.__('Reconstruct Slice'),
      caption: trans.__('Reconstruct the shown row and show it'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () =>
        Boolean(recipes.currentWidget?.session.recipe.dataset?.path),
      execute: () => {
        const document = recipes.currentWidget;
        if (document) {
          const { session } = document;
          session.moveTo({ mode: 'slice' });
          viewers.get(session)?.refresh();
          app.shell.activateById(document.id);
        }
      }
    });
    recipes.currentChanged.connect(() =>
      app.commands.notifyCommandChanged(CommandIDs.reconstructSlice)
    );
  }
};

export const holdKeyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:hold-key',
  description: 'Shows the image before the last change from the panel.',
  autoStart: true,
  requires: [IRecipeTracker],
  activate: (_: JupyterFrontEnd, recipes: IRecipeTracker): void => {
    // It stays for as long as the page.
    new HoldKey(() => {
      const { session } = recipes.currentWidget ?? {};
      return (session && viewers.get(session)) ?? null;
    });
  }
};
