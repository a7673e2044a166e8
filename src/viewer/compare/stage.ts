/**
 * Where a comparison is seen: A and B over each other, parted by a divider, or
 * their difference in their place. All of them show one part of the image.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import type { ContrastModel } from '../contrast';
import { setHidden } from '../dom';
import { MessageCard } from '../message';
import type { IMessage } from '../message';
import type { IImage } from '../pixels/image';
import { ImageView } from '../pixels/image-view';
import type { IHover } from '../pixels/image-view';
import type { Overlay } from '../pixels/overlays';
import { WaitNote } from '../wait-note';
import type { DifferenceView } from './difference-view';
import { Divider } from './divider';
import type { ILine } from './measure';
import type { IComparable } from './source';

/** How the images are compared. */
export type Way = 'swipe' | 'difference';

export interface ICompareStageOptions {
  /** Of A and B. */
  readonly contrast: ContrastModel;
  readonly difference: DifferenceView;
  readonly themes: IThemeManager | null;
  readonly trans: TranslationBundle;
  /** Stop what B is computed with. */
  readonly cancel: () => void;
}

export class CompareStage extends Panel {
  constructor(private readonly options: ICompareStageOptions) {
    super();
    const { contrast, difference, themes, trans, cancel } = options;
    this.addClass('jp-tomo-compare-stage');
    this._views = {
      a: new ImageView(contrast, themes),
      b: new ImageView(contrast, themes),
      difference: difference.view
    };
    for (const view of Object.values(this._views)) {
      this.addWidget(view);
      view.viewChanged.connect(this._viewed);
      view.moved.connect(this._moved);
    }
    this._views.b.addClass('jp-tomo-compare-b');
    for (const view of [this._views.a, this._views.b]) {
      view.hovered.connect((_, hover) => this._hovered.emit(hover));
    }
    this._divider = new Divider(trans, share => this._place(share));
    this.node.append(this._divider.node);
    this._card = new MessageCard(trans);
    this._card.addClass('jp-tomo-compare-card');
    this._wait = new WaitNote(trans, cancel);
    this.addWidget(this._card);
    this.addWidget(this._wait);
    this._divider.place(0.5);
  }

  /** The pixel under the pointer, of A or of B. */
  get hovered(): ISignal<this, IHover | null> {
    return this._hovered;
  }

  /** The line was moved by hand. */
  get lineMoved(): ISignal<this, ILine> {
    return this._lineMoved;
  }

  setWay(way: Way): void {
    const swipe = way === 'swipe';
    this._views.a.setHidden(!swipe);
    this._views.b.setHidden(!swipe);
    this._views.difference.setHidden(swipe);
    this.options.difference.levels.setHidden(swipe);
    this._divide();
  }

  /**
   * @param image null: there is none that B can be parted from
   * @param middle names what its middle is
   */
  setA(image: IImage | null, unit?: string, middle?: string): void {
    this._views.a.setImage(image, unit, { middle });
    this._isParted = image !== null;
    this._divide();
  }

  setB(image: IImage | null, unit: string, middle?: string): void {
    // To paint it takes as long as what changes of A.
    if (image === null || image !== this._views.b.image) {
      this._views.b.setImage(image, unit, { middle });
    }
  }

  /** Draw a line over all images. */
  setLine({ from, to }: ILine): void {
    for (const view of Object.values(this._views)) {
      view.setOverlays([{ id: 'profile', from, to }]);
    }
  }

  /** B is not what is wanted, or it is again: the same is said as in its viewer. */
  stands({ isCurrent, message, work }: IComparable['standing']): void {
    if (message !== this._said) {
      this._said = message;
      this._card.display(message);
    }
    if (work && !isCurrent) {
      this._wait.begin(work.seconds);
    } else {
      this._wait.end();
    }
  }

  /** Zoom of all images, and levels of those that are seen; whether the key is one of them. */
  act(key: string): boolean {
    const { contrast, difference } = this.options;
    const seen = this._isSwiped
      ? { view: this._views.b, contrast }
      : difference;
    switch (key) {
      case '+':
      case '=':
        seen.view.zoomBy(1.25);
        return true;
      case '-':
        seen.view.zoomBy(0.8);
        return true;
      case '0':
        seen.view.resetZoom();
        return true;
      case 'a':
      case 'A':
        seen.contrast.askAuto();
        return true;
      case 'i':
      case 'I':
        seen.contrast.setLook({ invert: !seen.contrast.look.invert });
        return true;
      default:
        return false;
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._divider.dispose();
    super.dispose();
  }

  private get _isSwiped(): boolean {
    return !this._views.b.isHidden;
  }

  /** There is a divider between two images; of one, all is seen. */
  private _divide(): void {
    const swipe = this._isSwiped;
    const { a, b } = this._views;
    const share = this._isParted ? this._share : 0;
    setHidden(this._divider.node, !swipe || !this._isParted);
    a.node.style.clipPath = `inset(0 ${100 * (1 - share)}% 0 0)`;
    b.node.style.clipPath = `inset(0 0 0 ${100 * share}%)`;
    // What is said of B has room to be read, wherever the divider is.
    const left = swipe ? Math.min(share, 0.5) : 0;
    this._card.node.style.left = `${100 * left}%`;
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
      this._lineMoved.emit(overlay);
    }
  };

  private readonly _views: Readonly<
    Record<'a' | 'b' | 'difference', ImageView>
  >;
  private readonly _divider: Divider;
  private readonly _card: MessageCard;
  private readonly _wait: WaitNote;
  private readonly _hovered = new Signal<this, IHover | null>(this);
  private readonly _lineMoved = new Signal<this, ILine>(this);
  /** Share of the width at which the divider is. */
  private _share = 0.5;
  /** Whether there is an A at the other side of the divider. */
  private _isParted = false;
  private _said: IMessage | null = null;
}
