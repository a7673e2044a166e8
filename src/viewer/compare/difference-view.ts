/**
 * The difference of two images, with levels of its own: white is zero.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import { BalancedContrast, ContrastBar, HistogramView } from '../contrast';
import type { IImage } from '../pixels/image';
import { ImageView } from '../pixels/image-view';
import { histogram } from '../pixels/levels';
import { balancedLevels } from './measure';

export class DifferenceView {
  constructor(themes: IThemeManager | null, trans: TranslationBundle) {
    this.contrast.setLook({ map: 'blue-red' });
    this.view = new ImageView(this.contrast, themes);
    this._histogram = new HistogramView(
      this.contrast,
      themes,
      trans.__('Histogram of the differences, with the levels')
    );
    this._bar = new ContrastBar(
      this.contrast,
      trans,
      trans.__('Levels from 99 % of the differences, zero in the middle (A)')
    );
    this.levels.addClass('jp-tomo-compare-levels');
    this.levels.addWidget(this._histogram);
    this.levels.addWidget(this._bar);
    this.view.hovered.connect((_, hover) => this._bar.setHover(hover));
    this.contrast.autoAsked.connect(() => this._level());
  }

  readonly contrast = new BalancedContrast();
  readonly view: ImageView;
  /** Histogram and fields, to be put below it. */
  readonly levels = new Panel();

  /** Show a difference; levels that the user has set stay. */
  show(image: IImage | null, unit: string, middle?: string): void {
    this._image = image;
    const counts = image && histogram(image, 'all');
    this._histogram.setHistogram(counts);
    this._bar.setMissing(counts?.missing ?? 0);
    this._bar.setUnit(unit);
    if (this.contrast.automatic) {
      this._level();
    }
    this.view.setImage(image, unit, { middle });
  }

  /** The widgets belong to whoever they were put into. */
  dispose(): void {
    this._image = null;
    this.contrast.dispose();
  }

  private _level(): void {
    if (this._image) {
      this.contrast.setLevels(balancedLevels(this._image), true);
    }
  }

  private readonly _histogram: HistogramView;
  private readonly _bar: ContrastBar;
  private _image: IImage | null = null;
}
