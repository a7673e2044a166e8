/**
 * An image on axes, with pan, zoom, and overlays that can be dragged.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import type { Rectangle } from '../../recipe';
import type { ContrastModel } from '../contrast/model';
import { loadPlotly } from '../plotly';
import { coloursAt, followTheme } from '../theme';
import type { IColours } from '../theme';
import { colourScale, colourTable } from './colours';
import type { ILook } from './colours';
import { Drags } from './drags';
import { Gestures } from './gestures';
import type { IPoint } from './gestures';
import type { IImage } from './image';
import { valueAt } from './image';
import { OverlayLayer } from './overlay-layer';
import { cursorOf } from './overlays';
import type { IGrab, Overlay } from './overlays';
import { PixelLayer } from './pixel-layer';
import { AxesPlot, MARGIN } from './plot';
import { magnification } from './view';
import { Viewport } from './viewport';

/** Half the width of a grip, in CSS pixels. */
const REACH = 6;

/** The pixel under the pointer; x is a column of the full image. */
export interface IHover {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** How an image lies in the place of the last one. */
export interface IPlacing {
  /**
   * Names what its middle is: images of one middle, whose pixels are as large,
   * lie about it, whatever their sizes. Empty: nothing that others have.
   */
  readonly middle?: string;
  /** Whether its pixels are as large as those of the last one even where all of that is seen. */
  readonly isScaled?: boolean;
}

export class ImageView extends Widget {
  constructor(
    private readonly contrast: ContrastModel,
    themes: IThemeManager | null,
    load: typeof loadPlotly = loadPlotly
  ) {
    super();
    this.addClass('jp-tomo-viewer-image');
    this._plot = new AxesPlot(load);
    this._surface = document.createElement('div');
    this._surface.className = 'jp-tomo-viewer-surface';
    this._drags = this._makeDrags();
    this._surface.appendChild(this._drags.band);
    this.node.append(this._pixels.node, this._plot.node, this._surface);
    for (const node of [this._pixels.node, this._surface]) {
      node.style.inset = `${MARGIN.top}px ${MARGIN.right}px ${MARGIN.bottom}px ${MARGIN.left}px`;
    }
    this._gestures = new Gestures(this._surface, {
      toImage: point => this._port.toImage(point),
      begin: (at, modifier) => this._drags.begin(at, modifier),
      hover: at => this._hover(at),
      wheel: (at, factor) => this._zoomAt(at, factor),
      reset: () => this.resetZoom()
    });
    contrast.changed.connect(this._contrastChanged);
    this._theme = followTheme(themes, () => {
      this._colours = null;
      this._overlays.renew();
      this._draw();
    });
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(() => this._measure());
      this._observer.observe(this.node);
    }
  }

  /** The pixel under the pointer, or null. */
  get hovered(): ISignal<this, IHover | null> {
    return this._hovered;
  }

  /** A click that was no drag. */
  get picked(): ISignal<this, IPoint> {
    return this._picked;
  }

  /** An overlay was dragged and let go. */
  get moved(): ISignal<this, Overlay> {
    return this._moved;
  }

  /** A rectangle was drawn after `drawing` was switched on, which is off again. */
  get drawn(): ISignal<this, Rectangle> {
    return this._drawn;
  }

  /** The view or `drawing` changed. */
  get viewChanged(): ISignal<this, void> {
    return this._viewChanged;
  }

  /** Whether not the whole image is shown as large as it goes. */
  get isZoomed(): boolean {
    return !this._port.fits;
  }

  get image(): IImage | null {
    return this._image;
  }

  /** Pixels of the screen for one of the image, as it is seen now; null: it is not. */
  get density(): number | null {
    const { extent } = this._port;
    return (
      extent &&
      magnification(extent.view, extent.plot) * window.devicePixelRatio
    );
  }

  /** Whether the next drag draws a rectangle. */
  get drawing(): boolean {
    return this._drawing;
  }
  set drawing(on: boolean) {
    this._drawing = on;
    this.toggleClass('jp-mod-drawing', on);
    this._viewChanged.emit();
  }

  /** Show an image; the zoom stays while its size or its middle does. */
  setImage(
    image: IImage | null,
    unit: string = '',
    { middle, isScaled = false }: IPlacing = {}
  ): void {
    this._image = image;
    this._look = null;
    this._unit = unit;
    const size = image && { width: image.columns, height: image.rows };
    const by = this._port.place(size, middle);
    if (by) {
      this._follow(by, isScaled);
    } else if (size) {
      this._gestures.abort();
      this._overlays.renew();
      this._fit();
    }
    this.node.classList.toggle('jp-mod-empty', !image);
    this._paint();
    this._draw();
    this._hover(this._pointer);
  }

  /**
   * Paint other values in the place of the image, until the next one: a first
   * look at what it is going to be.
   *
   * @param bin width of its pixels in those of the image
   */
  showLook(look: IImage, bin: number): void {
    if (this._port.extent) {
      this._look = { image: look, bin };
      this._repaint();
    }
  }

  /** Paint the image again where a first look lies. */
  endLook(): void {
    if (this._look) {
      this._look = null;
      this._repaint();
    }
  }

  setOverlays(overlays: readonly Overlay[]): void {
    if (this._overlays.set(overlays) && !this._overlays.holds) {
      this._draw();
    }
  }

  resetZoom(): void {
    this._fit();
    this._draw();
  }

  /** Show the part about the middle of the image that another view shows. */
  showSame(other: ImageView): void {
    if (this._port.showSame(other._port)) {
      this._draw();
    }
  }

  /** Zoom about the middle. */
  zoomBy(factor: number): void {
    const { middle } = this._port;
    if (middle) {
      this._zoomAt(middle, factor);
    }
  }

  /** Give up a drag or the drawing; false when there was neither. */
  abort(): boolean {
    const dragging = this._gestures.abort();
    const drawing = this._drawing;
    if (drawing) {
      this.drawing = false;
    }
    return dragging || drawing;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.contrast.changed.disconnect(this._contrastChanged);
    this._theme.dispose();
    this._observer?.disconnect();
    cancelAnimationFrame(this._painting);
    this._gestures.dispose();
    this._plot.dispose();
    this._pixels.dispose();
    this._image = null;
    super.dispose();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._measure();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._measure();
  }

  private _measure(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    const view = this._port.resize({ width, height });
    if (view === 'kept') {
      this._draw();
    } else if (view === 'lost') {
      this.resetZoom();
    }
  }

  /** The points of the image lie further on by so much. */
  private _follow(by: IPoint, isScaled: boolean): void {
    if (by.x === 0 && by.y === 0) {
      return;
    }
    this._overlays.renew();
    this._gestures.shift(by);
    const at = this._pointer;
    this._pointer = at && { x: at.x + by.x, y: at.y + by.y };
    if (this._port.fits && !isScaled) {
      this._fit();
    }
  }

  private _fit(): void {
    if (this._port.fit()) {
      this._viewChanged.emit();
    }
  }

  private _zoomAt(at: IPoint, factor: number): void {
    if (this._port.zoom(at, factor)) {
      this._draw();
      this._viewChanged.emit();
    }
  }

  private _makeDrags(): Drags {
    return new Drags({
      extent: () => this._port.extent,
      draws: () => this._drawing,
      grab: at => {
        const grab = this._grab(at);
        const overlay = grab && this._overlays.of(grab);
        return grab && overlay ? { grab, overlay } : null;
      },
      look: view => {
        this._port.look(view);
        this._draw();
        this._viewChanged.emit();
      },
      panning: on => this.toggleClass('jp-mod-panning', on),
      hold: overlay => {
        this._overlays.hold(overlay);
        this._draw();
      },
      pick: at => this._picked.emit(at),
      draw: rectangle => {
        this.drawing = false;
        this._drawn.emit(rectangle);
      },
      drop: dropped => {
        this._overlays.drop(dropped);
        this._draw();
        this._moved.emit(dropped);
      }
    });
  }

  private _grab(at: IPoint): IGrab | null {
    return this._overlays.at(at, this._port.toPixels(REACH));
  }

  private _hover(at: IPoint | null): void {
    this._pointer = at;
    const value = at && this._image && valueAt(this._image, at.x, at.y);
    if (at && value !== null) {
      const left = this._image?.left ?? 0;
      this._hovered.emit({
        x: Math.round(at.x) + left,
        y: Math.round(at.y),
        value
      });
    } else {
      this._hovered.emit(null);
    }
    if (at && !this._overlays.holds) {
      this._surface.style.cursor = this._drawing
        ? 'crosshair'
        : cursorOf(this._grab(at));
    }
  }

  private readonly _contrastChanged = (): void => {
    cancelAnimationFrame(this._painting);
    this._painting = requestAnimationFrame(() => {
      this._paint();
      this._draw();
    });
  };

  private _paint(): void {
    if (this.isDisposed) {
      return;
    }
    if (!this._image) {
      this._pixels.clear();
      return;
    }
    const { look, levels } = this.contrast;
    if (this._painted !== look) {
      this._painted = look;
      this._table = colourTable(look);
      this._scale = colourScale(look);
    }
    if (this._look) {
      const { image, bin } = this._look;
      const shift = (this._image.columns - bin * image.columns) / 2;
      this._pixels.paint(image, this._table, levels, { size: bin, shift });
    } else {
      this._pixels.paint(this._image, this._table, levels);
    }
  }

  private _repaint(): void {
    const { extent } = this._port;
    if (extent) {
      this._paint();
      this._pixels.place(extent.view, extent.plot);
    }
  }

  /** Lay out everything but the pixels' colours. */
  private _draw(): void {
    const { extent, outer } = this._port;
    if (this.isDisposed || !extent || !outer) {
      return;
    }
    const { view, image, plot } = extent;
    this._pixels.place(view, plot);
    this._colours ??= coloursAt(this.node);
    this._plot
      .draw({
        outer,
        image,
        left: this._image?.left ?? 0,
        view,
        shapes: this._overlays.shapes(image, this._colours),
        levels: this.contrast.levels,
        scale: this._scale,
        unit: this._unit,
        colours: this._colours
      })
      .then(
        () => this.removeClass('jp-mod-noaxes'),
        (error: unknown) => {
          this.addClass('jp-mod-noaxes');
          this.node.title = `The axes could not be drawn: ${String(error)}`;
        }
      );
  }

  private readonly _port = new Viewport();
  private readonly _pixels = new PixelLayer();
  private readonly _overlays = new OverlayLayer();
  private readonly _plot: AxesPlot;
  private readonly _surface: HTMLDivElement;
  private readonly _drags: Drags;
  private readonly _gestures: Gestures;
  private readonly _observer: ResizeObserver | null = null;
  private readonly _hovered = new Signal<this, IHover | null>(this);
  private readonly _picked = new Signal<this, IPoint>(this);
  private readonly _moved = new Signal<this, Overlay>(this);
  private readonly _drawn = new Signal<this, Rectangle>(this);
  private readonly _viewChanged = new Signal<this, void>(this);
  private _image: IImage | null = null;
  private _unit = '';
  private _drawing = false;
  private _pointer: IPoint | null = null;
  private _painting = 0;
  /** What is painted in the place of the image. */
  private _look: { image: IImage; bin: number } | null = null;
  private _painted: ILook | null = null;
  private _table = new Uint32Array(0);
  private _scale: [number, string][] = [];
  private readonly _theme: IDisposable;
  private _colours: IColours | null = null;
}
