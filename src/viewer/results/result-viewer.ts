/**
 * The slices of a result folder, while they come and afterwards.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Throttler } from '@lumino/polling';

import { failureOf, isAbort } from '../../api';
import type { IApiClient, Notice, ResultDescription } from '../../api';
import type { ITomoApi } from '../../tokens';
import { button, element, setHidden } from '../dom';
import { fetchImage, images, links, Newest } from '../frames';
import type { ISent, IWanted } from '../frames';
import { pixelOf } from '../compare';
import type { ISubject } from '../compare';
import { helpButton } from '../help';
import { ImagePanel } from '../image-panel';
import { failureMessage, logInAction } from '../message';
import type { IImage } from '../pixels/image';
import { precisionMarks } from '../precision';
import { Stepper } from '../stepper';
import { factsOf } from './facts';
import { countFinished, nearestFinished } from './finished';

/** Least time between two looks at a growing result, in milliseconds. */
const LOOK_AGAIN = 1000;

export interface IResultViewerOptions {
  readonly api: ITomoApi;
  /** Absolute result folder. */
  readonly folder: string;
  /** The resource that sees the folder; empty: this server. */
  readonly resource: string;
  /** Row of the full image to begin with; null: the middle. */
  readonly row: number | null;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  readonly insertCell: () => void;
  readonly copyPath: () => void;
  readonly logIn: () => void;
}

/** A slice that is wanted. */
interface IWantedRow extends IWanted<IImage> {
  readonly row: number;
}

export class ResultViewer extends ImagePanel {
  constructor(private readonly options: IResultViewerOptions) {
    super(options.themes, options.trans);
    this.addClass('jp-tomo-viewer-result');
    const { trans, api } = options;
    this._stepper = new Stepper(trans, row => {
      this._stepped = true;
      this._go(row);
    });
    this.stepper = this._stepper;
    this._reset = button(
      trans.__('Reset zoom'),
      trans.__('Whole image (0)'),
      () => this.view.resetZoom()
    );
    this._reset.classList.add('jp-mod-keeps-place');
    this._reset.hidden = true;
    this.toolbar.node.append(
      this._stepper.node,
      this._progress,
      this._reset,
      button(
        trans.__('Compare…'),
        trans.__('See this slice against that of another recipe or result'),
        () => this.compare()
      ),
      button(
        trans.__('Insert as cell'),
        trans.__('Open this result in the notebook beside'),
        options.insertCell
      ),
      button(
        trans.__('Copy path'),
        trans.__('Copy the path of the result folder'),
        options.copyPath
      ),
      helpButton(trans)
    );
    this._requests = new Newest<IImage, IWantedRow>({
      cached: key => images.get(key),
      ready: (image, { key, row }) => this._show(image, key, row),
      // Until the whole is there, its key stays wanted.
      look: (image, { row }) => this._show(image, '', row),
      failed: error => this._fail(error),
      busy: busy => this.setBusy(busy)
    });
    this.view.viewChanged.connect(() => {
      setHidden(this._reset, !this.view.isZoomed);
    });
    api.notices.connect(this._noticed);
    api.connection.connect(this._reconnected);
    this._again = new Throttler(() => this.describe(), LOOK_AGAIN);
    this.message({ kind: 'busy', title: trans.__('Reading the result …') });
    void this.describe();
  }

  get folder(): string {
    return this.options.folder;
  }

  /** Who sees the folder; empty: this server. */
  get resource(): string {
    return this.options.resource;
  }

  /** Row of the full image that is shown or wanted. */
  get row(): number {
    return this._row ?? 0;
  }

  override get subject(): ISubject {
    const pixel = pixelOf(this._result?.pixelSize);
    return { ...super.subject, row: this._shownRow, pixel };
  }

  /** Look at the folder again. */
  async describe(): Promise<void> {
    const { api, folder, resource } = this.options;
    try {
      const result = await api.result({
        purpose: `result:${resource}:${folder}`,
        folder,
        ...(resource && { resource })
      });
      if (!this.isDisposed) {
        this._loggedOut = false;
        this._described(result);
      }
    } catch (error) {
      // A look that fails while slices are shown is made again at the next notice.
      if (!this.isDisposed && !this._result && !isAbort(error)) {
        this._fail(error);
      }
    }
  }

  protected override cancel(): void {
    this._requests.drop();
    super.cancel();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { api } = this.options;
    api.notices.disconnect(this._noticed);
    api.connection.disconnect(this._reconnected);
    this._again.dispose();
    this._requests.dispose();
    super.dispose();
  }

  private _described(result: ResultDescription): void {
    const first = this._result === null;
    const ranged = result.range && !this._result?.range;
    this._result = result;
    if (!this._stepped || this._row === null) {
      // A growing result does not have all its rows at once.
      this._row = firstRow(this.options.row, result.rows);
    }
    if (result.range && ranged && (first || this.contrast.automatic)) {
      const [low, high] = result.range;
      this.contrast.setLevels({ low, high }, true);
    }
    const [from, past] = result.rows;
    this._stepper.set({
      label: this.options.trans.__('row'),
      value: this._row,
      first: from,
      last: Math.max(from, past - 1)
    });
    this._facts();
    this._go(this._row);
  }

  private _go(row: number): void {
    this._row = row;
    const result = this._result;
    if (!result) {
      return;
    }
    const { trans } = this.options;
    const there = nearestFinished(result.finished, row);
    if (there === null) {
      this.message({
        kind: 'busy',
        title: trans.__('No slice is finished yet.'),
        hint: trans.__('The first one is shown as soon as it is there.')
      });
      return;
    }
    this._sayProgress(result, row, there);
    this._ask(result, there);
  }

  private _ask(result: ResultDescription, row: number): void {
    const { api, folder, resource } = this.options;
    const key = JSON.stringify([resource, folder, stampOf(result), row]);
    if (key === this._key) {
      // Another one may be on its way, or have failed.
      this._requests.drop();
      this.message(null);
      this.standing.settle();
      return;
    }
    const request = {
      key,
      resource,
      pixels: result.width * result.height,
      exact: this._exact,
      ask: (sent: ISent, signal: AbortSignal) =>
        api.slice(
          {
            purpose: `slice:${resource}:${folder}`,
            folder,
            row,
            ...(resource && { resource }),
            ...sent
          },
          signal
        )
    };
    this._exact = false;
    this._requests.ask(
      { key, row, fetch: (signal, look) => fetchImage(request, signal, look) },
      // What is overtaken would hold up a slow link.
      links.isSlow(resource)
    );
  }

  /** What the result is, where it lies, and what the image lacks. */
  private _facts(): void {
    const result = this._result;
    if (!result) {
      return;
    }
    const { resource, trans } = this.options;
    const where = element(
      'span',
      'jp-tomo-viewer-where',
      `${resource && `${resource}: `}${result.folder.split('/').slice(-2).join('/')}`
    );
    where.title = result.folder;
    const marks = this.view.image
      ? precisionMarks(this.view.image, trans, () => this._showAll())
      : [];
    this.info.node.replaceChildren(
      element('span', '', factsOf(result, trans).join(' · ')),
      ...marks,
      where
    );
  }

  /** Fetch the slice that is shown with all its digits. */
  private _showAll(): void {
    images.delete(this._key);
    this._key = '';
    this._exact = true;
    this._go(this.row);
  }

  private _sayProgress(
    result: ResultDescription,
    wanted: number,
    shown: number
  ): void {
    const { trans } = this.options;
    const [first, past] = result.rows;
    const parts: string[] = [];
    if (shown !== wanted) {
      parts.push(trans.__('row %1 is shown', shown));
    }
    if (!result.complete) {
      const count = countFinished(result.finished);
      // Before its end a result may not say how many slices it will have.
      parts.push(
        count < past - first
          ? trans.__('%1 of %2 slices', count, past - first)
          : trans._n('%1 slice so far', '%1 slices so far', count)
      );
    }
    this._progress.textContent = parts.join(' · ');
  }

  private _show(image: IImage, key: string, row: number): void {
    this._key = key;
    this._shownRow = row;
    this.showImage(image, {
      unit: this._result?.unit ?? '',
      scope: 'disc',
      relevel: !this._result?.range && !this._leveled,
      wanted: true
    });
    this._leveled = true;
    this._facts();
  }

  private _fail(error: unknown): void {
    this._key = '';
    const { trans, logIn } = this.options;
    const failure = failureOf(error);
    this._loggedOut = failure.code === 'logged-out';
    this.message(
      failureMessage(failure, trans, [
        ...logInAction(failure, trans, logIn),
        {
          text: trans.__('Try again'),
          run: () => {
            void this.describe();
          }
        }
      ])
    );
  }

  private readonly _noticed = (_: IApiClient, notice: Notice): void => {
    const { resource } = this.options;
    const back =
      this._loggedOut && notice.kind === 'resource' && notice.id === resource;
    if (back || (notice.kind === 'job' && !this._result?.complete)) {
      void this._again.invoke();
    }
  };

  private readonly _reconnected = (
    _: IApiClient,
    { failure }: { failure: unknown }
  ): void => {
    if (!failure && !this._result?.complete) {
      void this._again.invoke();
    }
  };

  private readonly _stepper: Stepper;
  private readonly _progress = element('span', 'jp-tomo-viewer-label');
  private readonly _reset: HTMLButtonElement;
  private readonly _requests: Newest<IImage, IWantedRow>;
  private readonly _again: Throttler;
  private _result: ResultDescription | null = null;
  private _row: number | null = null;
  /** Whether the row was chosen by hand. */
  private _stepped = false;
  private _key = '';
  /** Row of the image that is there. */
  private _shownRow: number | null = null;
  private _leveled = false;
  /** The next slice is asked for with all digits. */
  private _exact = false;
  /** Nothing comes until somebody logs in to the cluster. */
  private _loggedOut = false;
}

/** The row to begin with, when it is one of the rows, or else the middle one. */
export function firstRow(
  wanted: number | null,
  [first, past]: ResultDescription['rows']
): number {
  return wanted !== null && wanted >= first && wanted < past
    ? wanted
    : Math.floor((first + past) / 2);
}

/** What tells two results in one folder apart. */
function stampOf(result: ResultDescription): unknown {
  const { record } = result;
  return record && 'created' in record ? record.created : null;
}
