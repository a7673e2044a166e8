/**
 * Opens the centre of rotation by eye beside its recipe.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { tomographyIcon } from '../../icons';
import { CommandIDs, IRecipeTracker, ITomoApi } from '../../tokens';
import type { IRecipeDocument } from '../../tokens';
import { ownWorkers } from '../../tuning';
import { CentreByEye } from './by-eye';
import { CentreSearches } from './searches';

export const centrePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tomo:centre-by-eye',
  description: 'Finds the centre of rotation by eye.',
  autoStart: true,
  requires: [ITomoApi, IRecipeTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    api: ITomoApi,
    recipes: IRecipeTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tomo');
    const { commands, shell } = app;
    const open = new Map<IRecipeDocument, MainAreaWidget<CentreByEye>>();
    // The points outlive a finder that is closed, by accident or not.
    const searches = new WeakMap<IRecipeDocument, CentreSearches>();

    const make = (document: IRecipeDocument): MainAreaWidget<CentreByEye> => {
      const { session } = document;
      const found = searches.get(document) ?? new CentreSearches();
      searches.set(document, found);
      const content = new CentreByEye({
        session,
        searches: found,
        api,
        workers: ownWorkers(),
        trans
      });
      const widget = new MainAreaWidget({ content });
      widget.id = `tomo-centre-${document.id}`;
      widget.title.label = trans.__('Centre: %1', session.name);
      widget.title.caption = trans.__(
        'Centre of rotation of %1, by eye',
        session.path
      );
      widget.title.icon = tomographyIcon;
      widget.title.closable = true;
      open.set(document, widget);
      const close = (): void => widget.dispose();
      document.disposed.connect(close);
      widget.disposed.connect(() => {
        document.disposed.disconnect(close);
        open.delete(document);
      });
      return widget;
    };

    commands.addCommand(CommandIDs.centreByEye, {
      label: trans.__('Centre of Rotation by Eye'),
      caption: trans.__(
        'Choose the sharpest of several slices at two rows, or lay a projection over its mirror image'
      ),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () =>
        recipes.currentWidget?.session.description.state === 'ready',
      execute: () => {
        const document = recipes.currentWidget;
        if (!document) {
          return;
        }
        let widget = open.get(document);
        if (!widget) {
          widget = make(document);
          shell.add(widget, 'main', { ref: document.id, mode: 'tab-after' });
        }
        shell.activateById(widget.id);
      }
    });
    recipes.currentChanged.connect(() =>
      commands.notifyCommandChanged(CommandIDs.centreByEye)
    );
    palette?.addItem({
      command: CommandIDs.centreByEye,
      category: trans.__('Tomography')
    });
  }
};
