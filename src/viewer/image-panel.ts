/**
 * Image, histogram, contrast and messages: what both viewers are made of.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { CompareView, othersThan, register } from './compare';
import type { ICompareSource, ISubject } from './compare';
import { ContrastBar, ContrastModel, HistogramView } from './contrast';
import { CoveredImage } from './covered-image';
import { MessageCard } from './message';
import type { IMessage } from './message';
import type { IImage } from './pixels/image';
import { ImageView } from './pixels/image-view';
import { automaticLevels, histogram } from './pixels/levels';
import type { Scope } from './pixels/levels';
import { Standing } from './standing';
import type { Stepper } from './stepper';
import { WaitNote } from './wait-note';

/** Milliseconds before a bar, or a word where there is no image, says that work goes on: what moves would take its time from slices that follow the hand. */
const SHOWN = 300;

/** How the levels follow a new image. */
export interface IShowOptions {
  readonly unit: string;
  readonly scope: Scope;
  /** Levels from this image; otherwise those in force stay. */
  readonly relevel: boolean;
  /** Names what the middle of the image is; left out: nothing that others have. */
  readonly middle?: string;
  /** Whether it is the image that is wanted, or the coarse one of it. */
  readonly wanted: boolean;
}

export class ImagePanel extends Panel {
  constructor(
    private readonly themes: IThemeManager | null,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-tomo-viewer');
    this.addClass('jp-mod-empty');
    this.node.tabIndex = 0;
    this.contrast = new ContrastModel();
    this.view = new ImageView(this.contrast, themes);
    this._seen = new CoveredImage(this.view);
    this._histogram = new HistogramView(
      this.contrast,
      themes,
      trans.__('Histogram of the values, with the levels')
    );
    this._bar = new ContrastBar(this.contrast, trans);
    this._message = new MessageCard(trans);
    const stage = this._middle;
    stage.addClass('jp-tomo-viewer-stage');
    stage.node.dataset.before = trans.__('Before');
    stage.addWidget(this.view);
    stage.addWidget(this._message);
    this._busy.addClass('jp-tomo-viewer-busy');
    this._busy.node.hidden = true;
    stage.addWidget(this._busy);
    this._wait = new WaitNote(trans, () => this.cancel());
    stage.addWidget(this._wait);
    this.toolbar.addClass('jp-tomo-viewer-toolbar');
    this.info.addClass('jp-tomo-viewer-info');
    for (const part of [
      this.toolbar,
      stage,
      this._histogram,
      this._bar,
      this.info
    ]) {
      this.addWidget(part);
    }
    this.view.hovered.connect((_, hover) => this._bar.setHover(hover));
    this.contrast.autoAsked.connect(() => this.relevel());
    for (const bar of [this.toolbar, this._bar]) {
      bar.node.addEventListener('mousedown', this._keep);
    }
    this.node.addEventListener('keydown', this._keys);
    this.node.addEventListener('keyup', this._released);
    this.node.addEventListener('focusout', this._release);
    register(this);
  }

  /** What is shown; null: nothing. */
  get image(): IImage | null {
    return this._image;
  }

  /** What the image is of. */
  get subject(): ISubject {
    return {
      kind: 'slice',
      row: null,
      frame: null,
      unit: this._unit,
      pixel: null,
      middle: ''
    };
  }

  /** Another image is shown. */
  get shown(): ISignal<this, IImage> {
    return this._shownSignal;
  }

  /** Whether the image is the one that is wanted, and what is said where it is not. */
  readonly standing = new Standing();
  readonly contrast: ContrastModel;
  readonly view: ImageView;
  readonly toolbar = new Widget();
  /** A line of facts below everything. */
  readonly info = new Widget();
  /** What the arrow keys move. */
  stepper: Stepper | null = null;

  showImage(image: IImage, options: IShowOptions): void {
    this.removeClass('jp-mod-empty');
    this._image = image;
    this._unit = options.unit;
    this._scope = options.scope;
    this._middleName = options.middle ?? '';
    if (options.relevel) {
      this.relevel();
    }
    this._bar.setUnit(options.unit);
    this._paint();
    this._count(image);
    this._shownSignal.emit(image);
    // What is said of the image before goes when this one is there.
    this.message(null);
    if (options.wanted && (image.bin ?? 1) === 1) {
      this.standing.settle();
    }
  }

  /** What is held stays, for as long as there is something before. */
  private _paint(): void {
    const { _image: image, _unit: unit, _middleName: middle } = this;
    this._seen.set(image, { unit, middle }, this.before);
    this.toggleClass('jp-mod-before', this._seen.isCovered);
  }

  /** The histogram, after the image is on the screen: a large one takes as long as its painting. */
  private _count(image: IImage): void {
    requestAnimationFrame(() => {
      window.setTimeout(() => {
        if (this.isDisposed || this._image !== image) {
          return;
        }
        const counts = histogram(image, this._scope);
        this._histogram.setHistogram(counts);
        this._bar.setMissing(counts.missing);
      });
    });
  }

  /** Show no image. */
  clear(): void {
    this._image = null;
    this.addClass('jp-mod-empty');
    this._histogram.setHistogram(null);
    this._bar.setMissing(0);
    this._paint();
    this.info.node.replaceChildren();
  }

  /** Levels from the image shown. */
  relevel(): void {
    if (this._image) {
      this.contrast.setLevels(automaticLevels(this._image, this._scope), true);
    }
  }

  /** Say something where the image is, or take it away again. */
  message(message: IMessage | null): void {
    this._message.display(message);
    this.toggleClass('jp-mod-covered', message !== null);
    this.standing.say(message);
  }

  /** Lay something over the image until it is disposed. */
  cover(widget: Widget): void {
    this.showBefore(false);
    this._cover = widget;
    this._middle.addWidget(widget);
    widget.node.querySelector('select')?.focus();
  }

  /** Lay a comparison over the image; once more: close it. */
  compare(): void {
    if (this._comparison) {
      this._endComparison();
      return;
    }
    const view = new CompareView({
      panel: this,
      contrast: this.contrast,
      themes: this.themes,
      trans: this.trans,
      unit: () => this._unit,
      cancel: () => this.cancel(),
      sources: () => [...this.sources(), ...othersThan(this)]
    });
    view.closed.connect(() => this._endComparison());
    view.hovered.connect((_, hover) => this._bar.setHover(hover));
    // The difference has levels of its own.
    view.differs.connect((_, on) => this.toggleClass('jp-mod-difference', on));
    this._comparison = view;
    this._middle.addClass('jp-mod-compared');
    this.cover(view);
  }

  /** What else the image can be compared with. */
  protected sources(): readonly ICompareSource[] {
    return [];
  }

  /** The image that was here before; shown while the space bar is held. */
  protected get before(): IImage | null {
    return null;
  }

  /** Whether a first look at the next image is newer than the image. */
  protected get isLookedAt(): boolean {
    return this._seen.isLookedAt;
  }

  /** Whether what was before is held over the image. */
  protected get isHeld(): boolean {
    return this._seen.isCovered;
  }

  /** A first look at the next image, under what is held. */
  protected showLook(look: IImage, bin: number): void {
    this._seen.look(look, bin);
  }

  /** What was looked at is not going to come. */
  protected endLook(): void {
    this._seen.endLook();
  }

  /** Show the image before for as long as something is held. */
  showBefore(on: boolean): boolean {
    const { before } = this;
    if (on === this._seen.isCovered || !this._image) {
      return false;
    }
    if (!on) {
      this._seen.uncover();
    } else if (before && !this._isHidden) {
      this._seen.cover(before);
    } else {
      return false;
    }
    this.toggleClass('jp-mod-before', on);
    return true;
  }

  /** Whether something lies over the image. */
  private get _isHidden(): boolean {
    return this._cover?.isDisposed === false;
  }

  private _endComparison(): void {
    this._comparison?.dispose();
    this._comparison = null;
    this._middle.removeClass('jp-mod-compared');
    this.removeClass('jp-mod-difference');
    this.node.focus();
  }

  /**
   * Work goes on; shown when it lasts.
   *
   * @param seconds that it takes, as far as is known
   */
  setBusy(busy: boolean, seconds: number | null = null): void {
    window.clearTimeout(this._waiting);
    this.node.setAttribute('aria-busy', String(busy));
    this.standing.setWork(busy ? { seconds } : null);
    if (busy) {
      this.standing.outdate(false);
      this._waiting = window.setTimeout(() => {
        this._busy.node.hidden = false;
        if (!this._image) {
          this.message({ kind: 'busy', title: this.trans.__('Loading …') });
        }
      }, SHOWN);
      this._wait.begin(seconds);
    } else {
      this._wait.end();
      this._busy.node.hidden = true;
    }
  }

  /** Stop what is being computed or fetched. */
  protected cancel(): void {
    this.setBusy(false);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.clearTimeout(this._waiting);
    for (const bar of [this.toolbar, this._bar]) {
      bar.node.removeEventListener('mousedown', this._keep);
    }
    this.node.removeEventListener('keydown', this._keys);
    this.node.removeEventListener('keyup', this._released);
    this.node.removeEventListener('focusout', this._release);
    this._comparison?.dispose();
    this.standing.dispose();
    this.stepper?.dispose();
    this._image = null;
    super.dispose();
    this.contrast.dispose();
  }

  /** A button that the mouse presses leaves the keys to the image, or to what lies over it: space would press it again. */
  private readonly _keep = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('button')) {
      event.preventDefault();
      const home = this._isHidden ? this._cover : this;
      home?.node.focus({ preventScroll: true });
    }
  };

  private readonly _released = (event: KeyboardEvent): void => {
    if (event.key === ' ') {
      this.showBefore(false);
    }
  };

  private readonly _release = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    // A button that is held takes the focus, too.
    if (!(next instanceof Node && this.node.contains(next))) {
      this.showBefore(false);
    }
  };

  private readonly _keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const own = event.target instanceof HTMLElement ? event.target : null;
    // A slider and a list have arrow keys of their own.
    // Space presses what has the focus; elsewhere, and in a slider, it shows what was before.
    const presses =
      /^(SELECT|INPUT|BUTTON|TEXTAREA)$/.test(own?.tagName ?? '') &&
      own?.matches('input[type=range]') !== true;
    if (event.key === ' ' && !presses) {
      event.preventDefault();
      if (!event.repeat) {
        this.showBefore(true);
      }
      return;
    }
    const arrows = own?.tagName !== 'SELECT' && own?.tagName !== 'INPUT';
    if (this._act(event.key, arrows, event.shiftKey ? 10 : 1)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  private _act(key: string, arrows: boolean, by: number): boolean {
    switch (key) {
      case '0':
        this.view.resetZoom();
        return true;
      case '+':
      case '=':
        this.view.zoomBy(1.25);
        return true;
      case '-':
        this.view.zoomBy(0.8);
        return true;
      case 'a':
      case 'A':
        this.relevel();
        return true;
      case 'i':
      case 'I':
        this.contrast.setLook({ invert: !this.contrast.look.invert });
        return true;
      case 'Escape':
        return this.view.abort();
    }
    if (!arrows || !this.stepper) {
      return false;
    }
    switch (key) {
      case 'ArrowRight':
      case 'ArrowUp':
        this.stepper.step(by);
        return true;
      case 'ArrowLeft':
      case 'ArrowDown':
        this.stepper.step(-by);
        return true;
      case 'Home':
        this.stepper.toEnd('first');
        return true;
      case 'End':
        this.stepper.toEnd('last');
        return true;
      default:
        return false;
    }
  }

  private readonly _seen: CoveredImage;
  private readonly _histogram: HistogramView;
  private readonly _bar: ContrastBar;
  private readonly _middle = new Panel();
  private readonly _message: MessageCard;
  private readonly _busy = new Widget();
  private readonly _wait: WaitNote;
  private _image: IImage | null = null;
  private _scope: Scope = 'all';
  /** What the middle of the image is. */
  private _middleName = '';
  private _waiting = 0;
  private _unit = '';
  private _comparison: CompareView | null = null;
  /** What was laid over the image last. */
  private _cover: Widget | null = null;
  private readonly _shownSignal = new Signal<this, IImage>(this);
}
