/**
 * The image of a viewer (B) against another (A): swiped, as a difference, and
 * along a line. Zoom and contrast are linked.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { failureOf, isAbort } from '../../api';
import type { ContrastModel } from '../contrast';
import { button, element, segments, setHidden } from '../dom';
import { short } from '../format';
import { failureSentence } from '../../field-names';
import { MessageCard } from '../message';
import type { IMessage } from '../message';
import { keep } from '../pixels/image';
import type { IImage } from '../pixels/image';
import { ImageView } from '../pixels/image-view';
import type { IHover } from '../pixels/image-view';
import type { Overlay } from '../pixels/overlays';
import { SLOW } from '../price';
import { WaitNote } from '../wait-note';
import { warningMarks } from '../warning-marks';
import { DifferenceView } from './difference-view';
import { Divider } from './divider';
import {
  differenceOf,
  isOneSize,
  lowered,
  middleLine,
  profileOf
} from './measure';
import type { ILine } from './measure';
import { ProfileChart } from './profile-chart';
import type { ICurve } from './profile-chart';
import { StatusLine } from './status-line';
import { nameOf } from './source';
import type { IComparable, ICompareSource } from './source';
import { apartWords, kindWord, subjectWords, warningsAbout } from './subject';
import type { ISubject } from './subject';

type Way = 'swipe' | 'difference';

const KEPT = 'kept';

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
    const { trans, contrast, themes, panel } = options;
    this.addClass('jp-tomo-compare');
    // A click on an image leaves the keys with the comparison.
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Comparison'));
    this._choice.className = 'jp-tomo-viewer-choice';
    this._choice.setAttribute('aria-label', trans.__('Compare with (A)'));
    this._choice.addEventListener('change', this._chosen);
    this._ways = segments<Way>(
      trans.__('How the images are compared'),
      [
        ['swipe', trans.__('Swipe')],
        ['difference', trans.__('A − B')]
      ],
      way => this._setWay(way)
    );
    this._status = new StatusLine(trans);
    const bar = new Widget();
    bar.addClass('jp-tomo-compare-bar');
    const label = element('label', 'jp-tomo-compare-with', trans.__('A'));
    this._keeps = button(
      trans.__('Keep B as A'),
      trans.__('Hold what is shown now, and see what later changes make of it'),
      () => this._keep()
    );
    label.append(this._choice);
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
    this._views = {
      a: new ImageView(contrast, themes),
      b: new ImageView(contrast, themes),
      difference: this._difference.view
    };
    this._stage.addClass('jp-tomo-compare-stage');
    for (const view of Object.values(this._views)) {
      this._stage.addWidget(view);
      view.viewChanged.connect(this._viewed);
      view.moved.connect(this._moved);
    }
    this._views.b.addClass('jp-tomo-compare-b');
    for (const view of [this._views.a, this._views.b]) {
      view.hovered.connect((_, hover) => this._hovered.emit(hover));
    }
    this._divider = new Divider(trans, share => this._place(share));
    this._stage.node.append(this._divider.node);
    this._card.addClass('jp-tomo-compare-card');
    this._wait = new WaitNote(trans, options.cancel);
    this._stage.addWidget(this._card);
    this._stage.addWidget(this._wait);
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
    // What is not wanted any more is not begun with: it may be of another kind.
    this._setB(panel.standing.isCurrent ? panel.image : null);
    this._offer();
    this._setWay('swipe');
    this._divider.place(0.5);
    this._stands();
    this._take(this._likely);
    this._choice.value = this._source?.id ?? '';
  }

  /** The user is done. */
  get closed(): ISignal<this, void> {
    return this._closed;
  }

  /** The pixel under the pointer, of A or of B. */
  get hovered(): ISignal<this, IHover | null> {
    return this._hovered;
  }

  /** Whether the difference is shown, which has levels of its own. */
  get differs(): ISignal<this, boolean> {
    return this._differs;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._fetching?.abort();
    this._source?.changed?.disconnect(this._sourceChanged);
    this.options.panel.shown.disconnect(this._shown);
    this.options.panel.standing.changed.disconnect(this._stands);
    this.node.removeEventListener('keydown', this._keys);
    this._choice.removeEventListener('change', this._chosen);
    this._divider.dispose();
    this._a = this._b = this._kept = null;
    super.dispose();
    this._difference.dispose();
  }

  /** List what A can be; what can have no difference from B says so. */
  private _offer(): void {
    const { sources, trans } = this.options;
    const kept = this._kept;
    const of = this._keptOf;
    this._sources = [
      ...(kept
        ? [
            {
              id: KEPT,
              label: trans.__('Kept image'),
              ...(of && { subject: () => of }),
              image: () => Promise.resolve(kept)
            }
          ]
        : []),
      ...sources()
    ];
    const { id } = this._source ?? {};
    this._choice.replaceChildren(
      ...this._sources.map(source => {
        const why = this._unlike(source);
        const text = why ? `${source.label} (${why})` : source.label;
        const option = new Option(text, source.id, false, source.id === id);
        option.disabled = why !== '';
        return option;
      })
    );
    this._choice.disabled = this._sources.length === 0;
  }

  /** In what an image that is there already is of another kind or size than B; empty: in neither. */
  private _unlike({ subject, ready }: ICompareSource): string {
    const { panel, trans } = this.options;
    const [a, b] = [ready?.(), this._b];
    if (!a || !b) {
      return '';
    }
    const { kind } = subject?.() ?? panel.subject;
    if (kind !== panel.subject.kind) {
      return kindWord(kind, trans);
    }
    return isOneSize(a, b) ? '' : `${a.columns} × ${a.rows}`;
  }

  /** The first that can be compared. */
  private get _likely(): ICompareSource | undefined {
    return this._sources.find(source => this._unlike(source) === '');
  }

  private readonly _chosen = (): void => {
    this._take(this._sources[this._choice.selectedIndex]);
    if (this._source?.removed) {
      this._setWay('difference');
    }
  };

  private _keep(): void {
    this._kept = this._b;
    this._keptOf = this.options.panel.subject;
    this._offer();
    const kept = this._sources.find(source => source.id === KEPT);
    this._take(kept);
    this._offer();
  }

  private _take(source: ICompareSource | undefined): void {
    this._source?.changed?.disconnect(this._sourceChanged);
    this._source = source ?? null;
    source?.changed?.connect(this._sourceChanged);
    void this._fetch();
  }

  private readonly _sourceChanged = (): void => {
    void this._fetch();
  };

  private readonly _shown = (_: unknown, image: IImage): void => {
    this._setB(image);
    // What A is may depend on the recipe, too.
    this._offer();
    const again = this._sources.find(({ id }) => id === this._source?.id);
    if (again?.id === KEPT) {
      this._compare();
    } else {
      // What A was may be gone: the list shows its first entry then.
      this._take(again ?? this._likely);
      this._choice.value = this._source?.id ?? '';
    }
  };

  private async _fetch(): Promise<void> {
    const { trans } = this.options;
    this._fetching?.abort();
    const fetching = new AbortController();
    this._fetching = fetching;
    if (!this._source) {
      this._clear();
      this._status.say(
        trans.__(
          'There is nothing to compare with yet: change something, open another recipe or result, or keep this image.'
        )
      );
      return;
    }
    this._status.say(trans.__('Computing A …'));
    try {
      const seconds = (await this._source.price?.(fetching.signal)) ?? 0;
      if (seconds >= SLOW && !(await this._agreed(seconds, fetching))) {
        return;
      }
      const image = await this._source.image(fetching.signal);
      if (!fetching.signal.aborted && !this.isDisposed) {
        this._a = keep(image);
        this._compare();
      }
    } catch (error) {
      if (!isAbort(error) && !fetching.signal.aborted && !this.isDisposed) {
        this._status.say(failureSentence(failureOf(error), trans));
      }
    }
  }

  /** A slow image is computed when it is asked for, and can be cancelled. */
  private _agreed(
    seconds: number,
    { signal }: AbortController
  ): Promise<boolean> {
    this._clear();
    return this._status.agree(seconds, signal, () => void this._fetch());
  }

  private _clear(): void {
    this._a = null;
    this._views.a.setImage(null);
    this._difference.show(null, '');
    this._overlay();
  }

  private _setB(image: IImage | null): void {
    const before = this._b;
    this._b = image && keep(image);
    if (image && (!before || !isOneSize(before, image))) {
      this._line = middleLine(image);
    }
    this._views.b.setImage(image, this.options.unit());
    this._overlay();
  }

  /** B is not what is wanted, or it is again: the same is said as in the viewer. */
  private readonly _stands = (): void => {
    const { isCurrent, message, work } = this.options.panel.standing;
    if (message !== this._said) {
      this._said = message;
      this._card.display(message);
    }
    if (work && !isCurrent) {
      this._wait.begin(work.seconds);
    } else {
      this._wait.end();
    }
    this.toggleClass('jp-mod-outdated', !isCurrent);
    this._keeps.disabled = !isCurrent || !this._b;
    if (isCurrent !== this._isCurrent) {
      this._isCurrent = isCurrent;
      if (isCurrent && this._b !== this.options.panel.image) {
        this._setB(this.options.panel.image);
      }
      this._compare();
      this._overlay();
    }
  };

  /** Bring everything in line with both images. */
  private _compare(): void {
    const { trans, unit } = this.options;
    const [a, b] = [this._a, this._b];
    if (!a) {
      return;
    }
    if (!b || !this._isCurrent) {
      this._line ??= middleLine(a);
      this._views.a.setImage(b && !isOneSize(a, b) ? null : a, unit());
      this._overlay();
      this._difference.show(null, '');
      this._status.say(trans.__('B is not there: nothing is compared.'));
      return;
    }
    if (!isOneSize(a, b)) {
      this._status.say(
        trans.__(
          'A has %1 × %2 pixels and B %3 × %4: only images of one size can be compared.',
          a.columns,
          a.rows,
          b.columns,
          b.rows
        )
      );
      this._views.a.setImage(null);
      this._difference.show(null, '');
      this._overlay();
      return;
    }
    const of = this._of;
    this._views.a.setImage(a, of.a.unit);
    const apart = apartWords(of.a, of.b, trans);
    if (apart) {
      this._difference.show(null, '');
      this._status.say(apart);
      this._overlay();
      return;
    }
    const { image, rms, largest } = differenceOf(a, b);
    this._difference.show(image, unit());
    this._status.say(
      [
        ...(this._source?.removed ? [this._source.removed] : []),
        trans.__('A − B: RMS %1, largest %2', short(rms, 3), short(largest, 3))
      ].join(' · ')
    );
    this._overlay();
  }

  /** What both are of. */
  private get _of(): Readonly<Record<'a' | 'b', ISubject>> {
    const b = this.options.panel.subject;
    return { a: this._source?.subject?.() ?? b, b };
  }

  /** Name, row, unit and pixel of both, and in what they differ though they are compared. */
  private _name(): void {
    const { panel, trans } = this.options;
    const { a, b } = this._of;
    const there = this._a && this._source;
    const current = this._b && this._isCurrent;
    const warnings = warningsAbout(a, b, trans);
    this._sides.replaceChildren(
      ...(there
        ? [element('span', '', `A: ${subjectWords(there.label, a, trans)}`)]
        : []),
      ...(current
        ? [element('span', '', `B: ${subjectWords(nameOf(panel), b, trans)}`)]
        : []),
      ...(there && current
        ? warningMarks(warnings.length ? [warnings.join(' ')] : [], trans)
        : [])
    );
  }

  private _setWay(way: Way): void {
    this._ways.set(way);
    const swipe = way === 'swipe';
    this._views.a.setHidden(!swipe);
    this._views.b.setHidden(!swipe);
    this._views.difference.setHidden(swipe);
    this._difference.levels.setHidden(swipe);
    this._differs.emit(!swipe);
    this._divide();
  }

  /** There is a divider between two images; of one, all is seen. */
  private _divide(): void {
    const swipe = !this._views.b.isHidden;
    const { a, b } = this._views;
    const share = this._pair ? this._share : 0;
    setHidden(this._divider.node, !swipe || !this._pair);
    a.node.style.clipPath = `inset(0 ${100 * (1 - share)}% 0 0)`;
    b.node.style.clipPath = `inset(0 0 0 ${100 * share}%)`;
    // What is said of B has room to be read, wherever the divider is.
    const left = swipe ? Math.min(share, 0.5) : 0;
    this._card.node.style.left = `${100 * left}%`;
  }

  /** A, where it is of the size of B, or before there is one. */
  private get _pair(): IImage | null {
    const [a, b] = [this._a, this._b];
    return a && (!b || isOneSize(a, b)) ? a : null;
  }

  /** A is seen up to a share of the width, and B from there. */
  private _place(share: number): void {
    this._share = share;
    this._divide();
  }

  private readonly _viewed = (view: ImageView): void => {
    for (const other of Object.values(this._views)) {
      if (other !== view) {
        other.showSame(view);
      }
    }
  };

  private readonly _moved = (_: ImageView, overlay: Overlay): void => {
    if (overlay.id === 'profile') {
      this._line = overlay;
      this._overlay();
    }
  };

  /** The line over all images, and the values along it. */
  private _overlay(): void {
    this._divide();
    this._name();
    const line = this._line;
    if (!line) {
      return;
    }
    for (const view of Object.values(this._views)) {
      view.setOverlays([{ id: 'profile', from: line.from, to: line.to }]);
    }
    const curves: ICurve[] =
      this._b && this._isCurrent
        ? [{ name: 'B', ...profileOf(this._b, line) }]
        : [];
    if (this._pair) {
      curves.unshift({ name: 'A', ...profileOf(this._pair, line) });
    }
    const { a, b } = this._of;
    const one = a.unit === b.unit || curves.length < 2;
    this._chart.setCurves(
      curves,
      one ? this.options.unit() : `A ${a.unit}, B ${b.unit}`
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
    const swipe = !this._views.b.isHidden;
    const view = swipe ? this._views.b : this._views.difference;
    const contrast = swipe ? this.options.contrast : this._difference.contrast;
    switch (key) {
      case '+':
      case '=':
        view.zoomBy(1.25);
        return true;
      case '-':
        view.zoomBy(0.8);
        return true;
      case '0':
        view.resetZoom();
        return true;
      case 'a':
      case 'A':
        contrast.askAuto();
        return true;
      case 'i':
      case 'I':
        contrast.setLook({ invert: !contrast.look.invert });
        return true;
      case 'ArrowUp':
        return this._lower(-by);
      case 'ArrowDown':
        return this._lower(by);
      default:
        return false;
    }
  }

  private _lower(rows: number): boolean {
    if (!this._line || !this._b) {
      return false;
    }
    this._line = lowered(this._line, rows, this._b);
    this._overlay();
    return true;
  }

  private readonly _sides = element('div', 'jp-tomo-compare-sides');
  private _keptOf: ISubject | null = null;
  private readonly _choice = document.createElement('select');
  private readonly _ways: ReturnType<typeof segments<Way>>;
  private readonly _status: StatusLine;
  private readonly _stage = new Panel();
  private readonly _divider: Divider;
  private readonly _difference: DifferenceView;
  private readonly _views: Readonly<
    Record<'a' | 'b' | 'difference', ImageView>
  >;
  private readonly _chart: ProfileChart;
  private readonly _closed = new Signal<this, void>(this);
  private readonly _hovered = new Signal<this, IHover | null>(this);
  private readonly _differs = new Signal<this, boolean>(this);
  private _sources: readonly ICompareSource[] = [];
  private _source: ICompareSource | null = null;
  private _fetching: AbortController | null = null;
  private _a: IImage | null = null;
  private _b: IImage | null = null;
  private _kept: IImage | null = null;
  /** Whether B is what is wanted. */
  private _isCurrent = true;
  private _said: IMessage | null = null;
  private readonly _card = new MessageCard();
  private readonly _wait: WaitNote;
  private readonly _keeps: HTMLButtonElement;
  private _line: ILine | null = null;
  /** Share of the width at which the divider is. */
  private _share = 0.5;
}
