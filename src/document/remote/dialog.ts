/**
 * Asks for a data set of a cluster.
 */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IApiClient } from '../../api';
import type { IChosen } from './model';
import { FolderModel } from './model';
import { FolderView } from './view';

const ACCEPT = 1;

export interface IRemoteDataOptions {
  readonly api: IApiClient;
  readonly resource: string;
  /** Of the cluster. */
  readonly title: string;
  /** Where to begin; empty: the work folder. */
  readonly path: string;
  readonly trans: TranslationBundle;
}

class FolderDialog extends Dialog<IChosen | null> {
  constructor({ api, resource, title, path, trans }: IRemoteDataOptions) {
    const model = new FolderModel(api, resource);
    super({
      title: trans.__('Open data on %1', title),
      body: new FolderView({ model, trans, accept: () => this._accept() }),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Open') })
      ]
    });
    this.addClass('jp-TomoFolders-dialog');
    this._model = model;
    void this._begin(path);
  }

  /** A path that was just written is shown first: nobody opens what is not seen. */
  override resolve(index = ACCEPT): void {
    const { written } = this._model;
    if (index === ACCEPT && written !== null) {
      void this._model.go(written);
    } else if (index !== ACCEPT || !this._model.busy) {
      super.resolve(index);
    }
  }

  override dispose(): void {
    super.dispose();
    this._model.dispose();
  }

  /** Enter means what the browser of folders makes of it, not the button. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const within =
      event.target instanceof Element &&
      event.target.closest('.jp-TomoFolders') !== null;
    if (event.key !== 'Enter' || !within) {
      super._evtKeydown(event);
    }
  }

  private async _begin(path: string): Promise<void> {
    await this._model.go(path);
    if (path && this._model.failure) {
      // What the recipe names may be gone: begin where one begins.
      await this._model.go('');
    }
  }

  private _accept(): void {
    this.resolve(ACCEPT);
  }

  private readonly _model: FolderModel;
}

/**
 * Let the user choose a folder of projections or an NXtomo file.
 *
 * @returns null when nothing was chosen
 */
export async function chooseRemoteData(
  options: IRemoteDataOptions
): Promise<IChosen | null> {
  const dialog = new FolderDialog(options);
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}
