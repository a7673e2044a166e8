/**
 * Images in the outputs of notebooks.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import { element } from '../dom';
import { short } from '../format';
import { loadPlotly } from '../plotly';
import type { IPlotElement, IPlotly } from '../plotly';
import { coloursAt, followTheme } from '../theme';
import { figureLayout, figureSize, figureTraces, valueOfGrey } from './figure';
import { IMAGE_MIME, readPayload } from './payload';
import type { IPayload } from './payload';

/** Room for the facts beside the figure, in CSS pixels. */
const FACTS = 190;

export class ImageOutput extends Widget implements IRenderMime.IRenderer {
  constructor(
    themes: IThemeManager | null,
    private readonly trans: TranslationBundle,
    private readonly load: typeof loadPlotly = loadPlotly
  ) {
    super();
    this.addClass('jp-tomo-viewer-output');
    this._figure.className = 'jp-tomo-viewer-figure';
    this._theme = followTheme(themes, () => this._recolour());
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(() => this._fit());
      this._observer.observe(this.node);
    }
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const payload = readPayload(model.data[IMAGE_MIME], this.trans);
    this.node.replaceChildren();
    if (typeof payload === 'string') {
      this.node.append(element('p', 'jp-tomo-viewer-warning', payload));
      return;
    }
    this._payload = payload;
    this._readout.textContent = '';
    this.node.append(this._figure, this._beside(payload));
    try {
      this._plotly = await this.load();
      await this._draw();
    } catch (error) {
      this.node.append(
        element(
          'p',
          'jp-tomo-viewer-warning',
          this.trans.__('The figure could not be drawn: %1', String(error))
        )
      );
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._observer?.disconnect();
    this._theme.dispose();
    if (this._drawn) {
      this._plotly?.purge(this._figure);
    }
    this._payload = null;
    super.dispose();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._fit();
  }

  /** Make the figure as wide as there is room. */
  private _fit(): void {
    const payload = this._payload;
    // A cell out of sight has no width.
    if (payload && this._plotly && this._drawn && this.node.clientWidth > 0) {
      const size = figureSize(payload, this._available());
      if (size.width !== this._size.width) {
        this._size = size;
        void this._plotly.relayout(this._figure, { ...size });
      }
    }
  }

  private _beside(payload: IPayload): HTMLElement {
    const side = element('div', 'jp-tomo-viewer-facts');
    if (payload.title) {
      side.append(element('p', 'jp-tomo-viewer-title', payload.title));
    }
    const list = element('dl', '');
    for (const [label, value] of payload.facts) {
      list.append(element('dt', '', label), element('dd', '', value));
    }
    side.append(list, this._readout);
    return side;
  }

  private async _draw(): Promise<void> {
    const payload = this._payload;
    if (!payload || !this._plotly || this.isDisposed) {
      return;
    }
    const size = figureSize(payload, this._available());
    this._size = size;
    const figure = await this._plotly.newPlot(
      this._figure,
      figureTraces(payload),
      figureLayout(payload, size, coloursAt(this.node)),
      { displayModeBar: false, responsive: false, doubleClick: 'reset' }
    );
    if (this.isDisposed) {
      this._plotly.purge(this._figure);
      return;
    }
    this._drawn = true;
    const greys = await greysOf(payload);
    if (greys === 'other') {
      this._readout.textContent = this.trans.__(
        'The picture is not of the size that the output states: its values are not known.'
      );
      return;
    }
    this._listen(figure, payload, greys);
  }

  private _listen(
    figure: IPlotElement,
    payload: IPayload,
    greys: Uint8ClampedArray | null
  ): void {
    figure.on('plotly_hover', ({ points }) => {
      const at = points[0]?.pointNumber;
      if (greys && typeof at === 'object') {
        const [row, column] = at;
        const grey = greys[4 * (row * payload.shape[1] + column)];
        this._readout.replaceChildren(
          `x ${column}  y ${row}  = `,
          element('b', '', short(valueOfGrey(payload, grey), 3))
        );
      }
    });
    figure.on('plotly_unhover', () => this._readout.replaceChildren());
  }

  private _available(): number {
    const width = this.node.clientWidth;
    return width ? (width > 480 ? width - FACTS : width) : 420;
  }

  private _recolour(): void {
    const payload = this._payload;
    if (payload && this._plotly && this._drawn) {
      void this._plotly.relayout(
        this._figure,
        figureLayout(payload, this._size, coloursAt(this.node))
      );
    }
  }

  private readonly _theme: IDisposable;
  private readonly _figure = document.createElement('div');
  private readonly _readout = element('output', 'jp-tomo-viewer-hover');
  private readonly _observer: ResizeObserver | null = null;
  private _payload: IPayload | null = null;
  private _plotly: IPlotly | null = null;
  private _drawn = false;
  private _size = { width: 0, height: 0 };
}

/**
 * Greys of the PNG as the browser reads them, for the value under the pointer;
 * 'other' when it has another shape than the payload says.
 */
async function greysOf(
  payload: IPayload
): Promise<Uint8ClampedArray | 'other' | null> {
  const [rows, columns] = payload.shape;
  const image = new Image();
  image.src = `data:image/png;base64,${payload.png}`;
  try {
    await image.decode();
  } catch {
    // A picture that cannot be decoded shows as broken; there is no value to read.
    return null;
  }
  if (image.naturalWidth !== columns || image.naturalHeight !== rows) {
    return 'other';
  }
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  context?.drawImage(image, 0, 0);
  return context?.getImageData(0, 0, columns, rows).data ?? null;
}
