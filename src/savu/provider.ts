/**
 * Process lists in the file system: HDF5 on the disk, text in the document.
 *
 * JupyterLab's documents are loaded and saved through this, so that saving,
 * reverting, undo and the mark of unsaved changes are those of every file.
 */
import type { Contents, IContentProvider } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { failureOf } from '../api';
import { failureSentence } from '../field-names';
import type { IApiClient } from '../api';
import { parseList, printList } from './list-text';
import { EMPTY } from './operations';

/** Name by which widget factories ask for it. */
export const PROVIDER = 'jupyterlab-tomo:savu';

/** Bytes; real lists have some hundred thousand, data sets far more. */
const MOST = 4 << 20;

type Lists = Pick<IApiClient, 'savuRead' | 'savuWrite'>;
type Drive = Pick<Contents.IDrive, 'get' | 'save'>;

export class SavuContentProvider implements IContentProvider {
  constructor(
    private readonly _drive: Drive,
    private readonly _lists: Lists,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * The file, with the list as text where the content is asked for.
   *
   * @throws Error with the sentence that JupyterLab shows.
   */
  async get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    const hash = options.hash;
    const about = await this._drive.get(localPath, { content: false, hash });
    if (!options.content) {
      return about;
    }
    if (about.type !== 'file') {
      throw new Error(this._trans.__('%1 is not a file.', localPath));
    }
    if ((about.size ?? 0) > MOST) {
      throw new Error(
        this._trans.__(
          '%1 is too large for a process list, so it is probably a data set. Choose "Open in Tomography" in its context menu.',
          localPath
        )
      );
    }
    const file = await this._drive.get(localPath, {
      type: 'file',
      format: 'base64',
      content: true,
      hash
    });
    const content = typeof file.content === 'string' ? file.content : '';
    return { ...file, format: 'text', content: await this._text(content) };
  }

  async save(
    localPath: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    const text: unknown = options.content;
    const list = parseList(typeof text === 'string' ? text : '', this._trans);
    const { content } = await this._told(this._lists.savuWrite(list));
    const saved = await this._drive.save(localPath, {
      type: 'file',
      format: 'base64',
      content
    });
    return { ...saved, format: 'text' };
  }

  /** A new file is an empty list. */
  private async _text(content: string): Promise<string> {
    return printList(
      content === '' ? EMPTY : await this._told(this._lists.savuRead(content))
    );
  }

  /** JupyterLab shows the message of an error: it gets the hint, too. */
  private async _told<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw new Error(failureSentence(failureOf(error), this._trans));
    }
  }
}
