/**
 * The image of a viewer (B) against another (A): swiped, as a difference, and
 * along a line. Zoom and contrast are linked.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import type { ContrastModel } from '../contrast';
import { button, element, segments } from '../dom';
import { short } from '../format';
import { isCoarse, keep } from '../pixels/image';
import type { IImage } from '../pixels/image';
import type { IHover } from '../pixels/image-view';
import { warningMarks } from '../warning-marks';
import { DifferenceView } from './difference-view';
import {
  differenceOf,
  isOneSize,
  lowered,
  middleLine,
  movedBetween,
  profileOf
} from './measure';
import type { IDifference, ILine } from './measure';
import { pairOf } from './pair';
import type { IPair } from './pair';
import { ProfileChart } from './profile-chart';
import type { ICurve } from './profile-chart';
import { SideA } from './side-a';
import { nameOf } from './source';
import type { IComparable, ICompareSource } from './source';
import { CompareStage } from './stage';
import type { Way } from './stage';
import { awayWords, StatusLine } from './status-line';
import { apartWords, sideWords, warningsAbout } from './subject';
import type { ISide } from './subject';

export interface ICompareViewOptions {
  readonly panel: IComparable;
  readonly contrast: ContrastModel;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  /** What A can be, as it is now. */
  readonly sources: () => readonly ICompareSource[];
  readonly unit: () => string;
  /** Stop what B is computed with. */
  readonly cancel: () => void;
}

export class CompareView extends Panel {
  constructor(private readonly options: ICompareViewOptions) {
    super();
    const { trans, themes, panel } = options;
    this.addClass('jp-tomo-compare');
    // A click on an image leaves the keys with the comparison.
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Comparison'));
    this._ways = segments<Way>(
      trans.__('How the images are compared'),
      [
        ['swipe', trans.__('Swipe')],
        ['difference', trans.__('A − B')]
      ],
      way => this._setWay(way)
    );
    this._status = new StatusLine(trans);
    this._a = new SideA({
      panel,
      trans,
      sources: options.sources,
      b: () => this._b,
      status: this._status
    });
    const bar = new Widget();
    bar.addClass('jp-tomo-compare-bar');
    const label = element('label', 'jp-tomo-compare-with', trans.__('A'));
    this._keeps = button(
      trans.__('Keep B as A'),
      trans.__('Hold what is shown now, and see what later changes make of it'),
      () => this._keep()
    );
    label.append(this._a.node);
    bar.node.append(
      label,
      this._ways.node,
      this._keeps,
      this._status.node,
      button('✕', trans.__('Close the comparison (Escape)'), () =>
        this._closed.emit()
      )
    );
    this._difference = new DifferenceView(themes, trans);
    this._stage = new CompareStage({
      ...options,
      difference: this._difference
    });
    this._stage.lineMoved.connect((_, line) => {
      this._line = line;
      this._overlay();
    });
    this._chart = new ProfileChart(trans.__('Along the line (pixels)'), themes);
    this.addWidget(bar);
    const sides = new Widget({ node: this._sides });
    this.addWidget(sides);
    this.addWidget(this._stage);
    this.addWidget(this._chart);
    this.addWidget(this._difference.levels);
    this.node.addEventListener('keydown', this._keys);
    panel.shown.connect(this._shown);
    panel.standing.changed.connect(this._stands);
    this._a.changed.connect(() => this._compare());
    this._a.chosen.connect(({ removed }) => {
      if (removed) {
        this._setWay('difference');
      }
    });
    // What is not wanted any more is not begun with: it may be of another kind.
    this._setB(panel.standing.isCurrent ? panel.image : null);
    this._setWay('swipe');
    this._stands();
    this._a.begin();
  }

  /** The user is done. */
  get closed(): ISignal<this, void> {
    return this._closed;
  }

  /** The pixel under the pointer, of A or of B. */
  get hovered(): ISignal<unknown, IHover | null> {
    return this._stage.hovered;
  }

  /** Whether the difference is shown, which has levels of its own. */
  get differs(): ISignal<this, boolean> {
    return this._differs;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.options.panel.shown.disconnect(this._shown);
    this.options.panel.standing.changed.disconnect(this._stands);
    this.node.removeEventListener('keydown', this._keys);
    this._a.dispose();
    this._b = null;
    super.dispose();
    this._difference.dispose();
  }

  private _keep(): void {
    if (this._b) {
      this._a.keep(this._b, this.options.panel.subject);
    }
  }

  private readonly _shown = (_: unknown, image: IImage): void => {
    this._setB(image);
    this._a.follow(image);
  };

  private _setB(image: IImage | null): void {
    this._b = image && keep(image);
  }

  /** B is not what is wanted, or it is again: the same is said as in the viewer. */
  private readonly _stands = (): void => {
    const { standing } = this.options.panel;
    const { isCurrent } = standing;
    this._stage.stands(standing);
    this.toggleClass('jp-mod-outdated', !isCurrent);
    this._a.list();
    if (isCurrent !== this._isCurrent) {
      this._isCurrent = isCurrent;
      const { image } = this.options.panel;
      if (isCurrent && this._b !== image) {
        this._setB(image);
      }
      if (isCurrent && image && !this._a.isFor(image)) {
        this._a.follow(image);
      } else {
        this._compare();
      }
    }
    this._tell();
  };

  /** B, where it is what is wanted, and whole. */
  private get _told(): ISide | null {
    const { panel } = this.options;
    const image = this._b;
    return image && panel.standing.isCurrent && !isCoarse(image)
      ? { image, of: panel.subject, name: nameOf(panel) }
      : null;
  }

  /** Bring everything in line with both images. */
  private _compare(): void {
    const [a, b] = [this._a.told, this._told];
    const pair = this._pair;
    const apart = a && b && apartWords(a.of, b.of, this.options.trans);
    const { unit, panel } = this.options;
    const { middle } = panel.subject;
    const seen = pair?.b ?? this._b;
    this._place(seen ?? pair?.a ?? null, middle);
    this._stage.setB(seen, unit(), middle);
    this._stage.setA(pair?.a ?? null, this._a.seen?.of.unit, middle);
    this._found =
      a && b && pair?.b && !apart ? differenceOf(pair.a, pair.b) : null;
    this._difference.show(
      this._found?.image ?? null,
      this._found ? unit() : '',
      middle
    );
    this._keeps.disabled = !b;
    this._tell();
    this._overlay();
  }

  /** Say what the comparison comes to; while there is no A, the reason for that stands. */
  private _tell(): void {
    const a = this._a.told;
    if (a) {
      this._status.say(this._words(a, this._told));
    }
  }

  private _words(a: ISide, b: ISide | null): string {
    const { panel, trans } = this.options;
    if (!b) {
      return awayWords('B', this._b, panel.standing.work, trans);
    }
    const pair = this._pair;
    if (!pair) {
      return trans.__(
        'A has %1 × %2 pixels and B %3 × %4: only images of one size can be compared.',
        a.image.columns,
        a.image.rows,
        b.image.columns,
        b.image.rows
      );
    }
    if (!this._found) {
      return apartWords(a.of, b.of, trans);
    }
    const { rms, largest } = this._found;
    return [
      ...(this._a.lost ? [this._a.lost] : []),
      ...(this._a.removed ? [this._a.removed] : []),
      trans.__('A − B: RMS %1, largest %2', short(rms, 3), short(largest, 3)),
      ...(pair.isCut
        ? [
            trans.__(
              'of the %1 × %2 pixels about the axis that both have',
              pair.a.columns,
              pair.a.rows
            )
          ]
        : [])
    ].join(' · ');
  }

  /** Name, row, unit and pixel of both, and in what they differ though they are compared. */
  private _name(): void {
    const { trans } = this.options;
    const [a, b] = [this._a.told, this._told];
    const warnings = a && b ? warningsAbout(a, b, trans) : [];
    this._sides.replaceChildren(
      ...(a
        ? [element('span', '', trans.__('A: %1', sideWords(a, trans)))]
        : []),
      ...(b
        ? [element('span', '', trans.__('B: %1', sideWords(b, trans)))]
        : []),
      ...warningMarks(warnings.length ? [warnings.join(' ')] : [], trans)
    );
  }

  private _setWay(way: Way): void {
    this._ways.set(way);
    this._stage.setWay(way);
    this._differs.emit(way === 'difference');
  }

  /** A, and B as large as it; null: one place in them is not one place, or there is no A. */
  private get _pair(): IPair<IImage | null> | null {
    const a = this._a.seen;
    if (!a || !this._b) {
      return a && { a: a.image, b: null, isCut: false };
    }
    return pairOf(a, { image: this._b, of: this.options.panel.subject });
  }

  /** The line lies on images as large as this one. */
  private _place(image: IImage | null, middle: string): void {
    const last = this._lined;
    if (!image) {
      return;
    }
    this._lined = { image, middle };
    if (!last || !this._line) {
      this._line = middleLine(image);
    } else if (!isOneSize(last.image, image)) {
      // About one axis it stays where it is in the sample.
      const stays = middle !== '' && middle === last.middle;
      this._line = stays
        ? movedBetween(this._line, last.image, image)
        : middleLine(image);
    }
  }

  /** The line over all images, and the values along it. */
  private _overlay(): void {
    this._name();
    const line = this._line;
    if (!line) {
      return;
    }
    this._stage.setLine(line);
    const told = this._a.told;
    const pair = this._pair;
    const a = told && pair && told;
    const b = this._told;
    const curves: ICurve[] = [];
    if (a) {
      curves.push({ name: 'A', ...profileOf(pair.a, line) });
    }
    if (b) {
      curves.push({ name: 'B', ...profileOf(pair?.b ?? b.image, line) });
    }
    const { trans, unit } = this.options;
    this._chart.setCurves(
      curves,
      a && b && a.of.unit !== b.of.unit
        ? trans.__('A %1, B %2', a.of.unit || '–', b.of.unit || '–')
        : a && !b
          ? a.of.unit
          : unit()
    );
  }

  private readonly _keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this._closed.emit();
    }
    const own = event.target instanceof HTMLElement ? event.target.tagName : '';
    if (
      !/^(SELECT|INPUT)$/.test(own) &&
      this._act(event.key, event.shiftKey ? 10 : 1)
    ) {
      event.preventDefault();
    }
    // The keys of the viewer belong to the image below.
    event.stopPropagation();
  };

  /** Zoom of all images, and the line up and down. */
  private _act(key: string, by: number): boolean {
    switch (key) {
      case 'ArrowUp':
        return this._lower(-by);
      case 'ArrowDown':
        return this._lower(by);
      default:
        return this._stage.act(key);
    }
  }

  private _lower(rows: number): boolean {
    if (!this._line || !this._b || !this._lined) {
      return false;
    }
    this._line = lowered(this._line, rows, this._lined.image);
    this._overlay();
    return true;
  }

  private readonly _sides = element('div', 'jp-tomo-compare-sides');
  private readonly _ways: ReturnType<typeof segments<Way>>;
  private readonly _status: StatusLine;
  private readonly _stage: CompareStage;
  private readonly _difference: DifferenceView;
  private readonly _chart: ProfileChart;
  private readonly _closed = new Signal<this, void>(this);
  private readonly _differs = new Signal<this, boolean>(this);
  private readonly _a: SideA;
  private _b: IImage | null = null;
  /** The difference, where both have one. */
  private _found: IDifference | null = null;
  /** Whether B is what is wanted. */
  private _isCurrent = true;
  private readonly _keeps: HTMLButtonElement;
  private _line: ILine | null = null;
  /** An image that the line lies on, and what its middle is. */
  private _lined: { image: IImage; middle: string } | null = null;
}
