/**
 * The slices of a result folder, while they come and afterwards.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Throttler } from '@lumino/polling';

import { failureOf, isAbort } from '../../api';
import type { IApiClient, Notice, ResultDescription } from '../../api';
import type { ITomoApi } from '../../tokens';
import { button, element } from '../dom';
import { fetchImage, images, Newest } from '../frames';
import { ImagePanel } from '../image-panel';
import { failureMessage } from '../message';
import type { IImage } from '../pixels/image';
import { Stepper } from '../stepper';
import { factsOf } from './facts';
import { countFinished, nearestFinished } from './finished';

/** Least time between two looks at a growing result, in milliseconds. */
const LOOK_AGAIN = 1000;

export interface IResultViewerOptions {
  readonly api: ITomoApi;
  /** Absolute result folder. */
  readonly folder: string;
  /** Row of the full image to begin with; null: the middle. */
  readonly row: number | null;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  readonly insertCell: () => void;
  readonly copyPath: () => void;
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
    this._reset.hidden = true;
    this.toolbar.node.append(
      this._stepper.node,
      this._progress,
      this._reset,
      button(
        trans.__('Insert as cell'),
        trans.__('Open this result in the notebook beside'),
        options.insertCell
      ),
      button(
        trans.__('Copy path'),
        trans.__('Copy the path of the result folder'),
        options.copyPath
      )
    );
    this._requests = new Newest<IImage>({
      cached: key => images.get(key),
      ready: (image, wanted) => this._show(image, wanted.key),
      failed: error => this._fail(error),
      busy: busy => this.setBusy(busy)
    });
    this.view.viewChanged.connect(() => {
      this._reset.hidden = !this.view.isZoomed;
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

  /** Row of the full image that is shown or wanted. */
  get row(): number {
    return this._row ?? 0;
  }

  /** Look at the folder again. */
  async describe(): Promise<void> {
    const { api, folder } = this.options;
    try {
      const result = await api.result({
        purpose: `result:${folder}`,
        folder
      });
      if (!this.isDisposed) {
        this._described(result);
      }
    } catch (error) {
      // A look that fails while slices are shown is made again at the next notice.
      if (!this.isDisposed && !this._result && !isAbort(error)) {
        this._fail(error);
      }
    }
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
    this.info.node.replaceChildren(
      element('span', '', factsOf(result).join(' · '))
    );
    const where = element(
      'span',
      'jp-tomo-viewer-where',
      result.folder.split('/').slice(-2).join('/')
    );
    where.title = result.folder;
    this.info.node.append(where);
    this._go(this._row);
  }

  private _go(row: number): void {
    this._row = row;
    const result = this._result;
    if (!result) {
      return;
    }
    const { api, folder, trans } = this.options;
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
    const key = JSON.stringify([folder, stampOf(result), there]);
    if (key === this._key) {
      return;
    }
    this._requests.ask({
      key,
      fetch: signal =>
        fetchImage(key, () =>
          api.slice({ purpose: `slice:${folder}`, folder, row: there }, signal)
        )
    });
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

  private _show(image: IImage, key: string): void {
    this._key = key;
    this.showImage(image, {
      unit: this._result?.unit ?? '',
      scope: 'disc',
      relevel: !this._result?.range && !this._leveled
    });
    this._leveled = true;
  }

  private _fail(error: unknown): void {
    this._key = '';
    this.message(
      failureMessage(failureOf(error), [
        {
          text: this.options.trans.__('Retry'),
          run: () => {
            void this.describe();
          }
        }
      ])
    );
  }

  private readonly _noticed = (_: IApiClient, notice: Notice): void => {
    if (notice.kind === 'job' && !this._result?.complete) {
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
  private readonly _requests: Newest<IImage>;
  private readonly _again: Throttler;
  private _result: ResultDescription | null = null;
  private _row: number | null = null;
  /** Whether the row was chosen by hand. */
  private _stepped = false;
  private _key = '';
  private _leveled = false;
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
