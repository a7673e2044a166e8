/**
 * Pointer and wheel over an image, as gestures in image coordinates.
 */
import type { IDisposable } from '@lumino/disposable';

export interface IPoint {
  readonly x: number;
  readonly y: number;
}

/** A drag that has begun. */
export interface IDrag {
  /** The pointer is at `to` (image), `by` CSS pixels from the last place. */
  move(to: IPoint, by: IPoint): void;
  /** Released; `moved` is false for a mere click. */
  end(to: IPoint, moved: boolean): void;
  cancel(): void;
  /** The points of the image lie further on by so much; left out: the drag cannot go on. */
  shift?(by: IPoint): void;
}

export interface IGestureTarget {
  /** CSS pixels relative to the plot to image coordinates. */
  toImage(point: IPoint): IPoint;
  /** The left button went down. */
  begin(at: IPoint, modifier: boolean): IDrag;
  hover(at: IPoint | null): void;
  wheel(at: IPoint, factor: number): void;
  reset(): void;
}

/** CSS pixels that make a click a drag. */
const SLACK = 3;

export class Gestures implements IDisposable {
  constructor(
    private readonly node: HTMLElement,
    private readonly target: IGestureTarget
  ) {
    node.addEventListener('pointerdown', this._down);
    node.addEventListener('pointermove', this._move);
    node.addEventListener('pointerup', this._up);
    node.addEventListener('pointercancel', this._cancel);
    node.addEventListener('pointerleave', this._leave);
    node.addEventListener('dblclick', this._double);
    node.addEventListener('wheel', this._wheel, { passive: false });
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Give up the drag in progress. */
  abort(): boolean {
    const drag = this._drag;
    this._drag = null;
    drag?.cancel();
    return drag !== null;
  }

  /** The points of the image lie further on by so much: a drag goes on where it can. */
  shift(by: IPoint): void {
    if (this._drag?.shift) {
      this._drag.shift(by);
    } else {
      this.abort();
    }
  }

  dispose(): void {
    this._disposed = true;
    this.abort();
    this.node.removeEventListener('pointerdown', this._down);
    this.node.removeEventListener('pointermove', this._move);
    this.node.removeEventListener('pointerup', this._up);
    this.node.removeEventListener('pointercancel', this._cancel);
    this.node.removeEventListener('pointerleave', this._leave);
    this.node.removeEventListener('dblclick', this._double);
    this.node.removeEventListener('wheel', this._wheel);
  }

  private readonly _down = (event: PointerEvent): void => {
    if (event.button !== 0) {
      return;
    }
    const at = this._local(event);
    this.node.setPointerCapture(event.pointerId);
    this._from = at;
    this._last = at;
    this._moved = false;
    this._drag = this.target.begin(
      this.target.toImage(at),
      event.ctrlKey || event.metaKey
    );
  };

  private readonly _move = (event: PointerEvent): void => {
    const at = this._local(event);
    if (this._drag) {
      this._moved ||=
        Math.hypot(at.x - this._from.x, at.y - this._from.y) > SLACK;
      if (this._moved) {
        const by = { x: at.x - this._last.x, y: at.y - this._last.y };
        this._last = at;
        this._drag.move(this.target.toImage(at), by);
      }
    }
    this.target.hover(this.target.toImage(at));
  };

  private readonly _up = (event: PointerEvent): void => {
    const drag = this._drag;
    this._drag = null;
    drag?.end(this.target.toImage(this._local(event)), this._moved);
  };

  private readonly _cancel = (): void => {
    this.abort();
  };

  private readonly _leave = (): void => {
    this.target.hover(null);
  };

  private readonly _double = (): void => {
    this.target.reset();
  };

  private readonly _wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    const delta = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.target.wheel(
      this.target.toImage(this._local(event)),
      Math.exp(-delta * 0.002)
    );
  };

  private _local(event: MouseEvent): IPoint {
    const box = this.node.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private _drag: IDrag | null = null;
  private _from: IPoint = { x: 0, y: 0 };
  private _last: IPoint = { x: 0, y: 0 };
  private _moved = false;
  private _disposed = false;
}
