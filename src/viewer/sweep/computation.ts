/**
 * The slices of a grid are computed: their price is said before slow ones are
 * begun, how far they are meanwhile, and they can be stopped.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { failureOf, isAbort } from '../../api';
import { failureSentence } from '../../field-names';
import { formatSeconds } from '../../quantities';
import { rowKey } from '../../tuning';
import type { IWantedSlice } from '../../tuning';
import { Again } from '../again';
import { button, element, setHidden } from '../dom';
import { SLOW } from '../price';
import { SliceQueue } from './slice-queue';
import type { IQueued } from './slice-queue';
import type { ISliceSource } from './slice-source';
import type { SweepCell } from './sweep-cell';

/** Seconds from which on it is said how long the rest takes. */
const LONG = 3;

export interface IComputationOptions {
  readonly source: ISliceSource;
  readonly trans: TranslationBundle;
  /**
   * The slice of a cell; null while the recipe has no place.
   *
   * @throws ApiError when the recipe does not take its values.
   */
  readonly wanted: (cell: SweepCell) => IWantedSlice | null;
  /** Pixels at which slices are shown. */
  readonly width: () => number;
  /** A slice came. */
  readonly came: () => void;
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
}

export class Computation implements IDisposable {
  constructor(private readonly _options: IComputationOptions) {
    const { source, trans, width } = _options;
    this._queue = new SliceQueue(source, width);
    this._say.setAttribute('role', 'status');
    this._go = button(
      trans.__('Start'),
      trans.__('Compute these slices'),
      () => void this._compute(true)
    );
    this._end = button(
      trans.__('Stop'),
      trans.__('Compute no more of these slices'),
      () => this._stop()
    );
    this._go.hidden = this._end.hidden = true;
    this.nodes = [this._say, this._go, this._end];
  }

  /** Words and buttons. */
  readonly nodes: readonly HTMLElement[];

  get isDisposed(): boolean {
    return this._queue.isDisposed;
  }

  /** Compute these; those before are not wanted any more. */
  begin(cells: readonly SweepCell[]): void {
    this.end();
    this._cells = cells;
    void this._compute(false);
  }

  /** Nothing is wanted any more. */
  end(text = ''): void {
    this._halt();
    this._cells = [];
    setHidden(this._go, true);
    setHidden(this._end, true);
    this._say.textContent = text;
  }

  /** Once more, whatever it takes. */
  again(cell: SweepCell): void {
    // Those that wait for a server are tried with it, and not once more later.
    const waiting = this._again.waits ? this._asked : [];
    if (this._again.waits) {
      this._again.reset();
    }
    this._ask([...new Set([cell, ...waiting])]);
  }

  dispose(): void {
    this._halt();
    this._again.dispose();
    this._queue.dispose();
    this._options.source.dispose();
    this._cells = [];
  }

  private _halt(): void {
    this._estimating?.abort();
    this._again.reset();
    this._asked.clear();
    this._queue.stop();
  }

  /** What is there stays; the rest can be had later. */
  private _stop(): void {
    this._halt();
    const focused = this._end === document.activeElement;
    this._go.hidden = false;
    this._end.hidden = true;
    if (focused) {
      this._go.focus();
    }
    this._say.textContent = this._options.trans.__('Stopped.');
  }

  /** @param slowly whether to begin however long it takes */
  private async _compute(slowly: boolean): Promise<void> {
    setHidden(this._go, true);
    const cells = this._cells.filter(({ isReady }) => !isReady);
    try {
      if (slowly || (await this._isQuick(cells))) {
        this._ask(cells);
      }
    } catch (error) {
      if (!isAbort(error) && !this.isDisposed) {
        this._say.textContent = failureSentence(
          failureOf(error),
          this._options.trans
        );
      }
    }
  }

  /** Ask for slices: each comes, or says what keeps it. */
  private _ask(cells: readonly SweepCell[]): void {
    const queued: IQueued[] = [];
    for (const cell of cells) {
      cell.wait();
      try {
        const wanted = this._options.wanted(cell);
        if (wanted) {
          this._asked.add(cell);
          const ready: IQueued['ready'] = image => {
            this._again.reset();
            this._asked.delete(cell);
            cell.show(image);
            this._options.came();
            this._tell();
          };
          const failed = (error: unknown): void => this._failed(cell, error);
          queued.push({ wanted, ready, failed });
        }
      } catch (error) {
        cell.fail(failureOf(error));
      }
    }
    this._begun = { at: this._now(), done: this._done() };
    this._queue.add(byRows(queued));
    this._tell();
  }

  private _failed(cell: SweepCell, error: unknown): void {
    const { trans } = this._options;
    const failure = failureOf(error);
    const told = this._again.after(failure, trans);
    if (!this._again.waits) {
      this._asked.delete(cell);
      cell.fail(failure);
      this._tell();
      return;
    }
    // Nor would the others come: they wait, too.
    this._queue.stop();
    setHidden(this._go, true);
    setHidden(this._end, false);
    this._say.textContent = failureSentence(told, trans);
  }

  private _done(): number {
    return this._cells.filter(cell => cell.isReady || cell.isFailed).length;
  }

  /** How far it is. */
  private _tell(): void {
    const done = this._done();
    const rests = this._queue.left === 0;
    // Stopped before, one slice alone may have been tried again.
    setHidden(this._go, !rests || done === this._cells.length);
    // Also where the engine makes them: what it does not, the server may take long for.
    setHidden(this._end, rests);
    this._say.textContent =
      done === this._cells.length ? this._outcome() : this._progress(done);
  }

  private _outcome(): string {
    const { length } = this._cells;
    const failed = this._cells.filter(({ isFailed }) => isFailed).length;
    return failed
      ? this._options.trans._n(
          '%1 of %2 slices failed, and says why.',
          '%1 of %2 slices failed; each says why.',
          failed,
          length
        )
      : '';
  }

  private _progress(done: number): string {
    const { trans } = this._options;
    const { length } = this._cells;
    if (this._queue.left === 0) {
      return trans.__('Stopped.');
    }
    const left = this._left(done);
    return left < LONG
      ? trans.__('%1 of %2', done, length)
      : trans.__('%1 of %2, about %3 left', done, length, formatSeconds(left));
  }

  /** Seconds that the rest takes if it goes on like this; 0 when nothing came yet. */
  private _left(done: number): number {
    const came = done - this._begun.done;
    const took = (this._now() - this._begun.at) / 1000;
    return came > 0 ? (took / came) * this._queue.left : 0;
  }

  private _now(): number {
    return (this._options.now ?? (() => performance.now()))();
  }

  /** Whether the slices take no time to speak of; the user is told and asked when they do. */
  private async _isQuick(cells: readonly SweepCell[]): Promise<boolean> {
    const { source, trans } = this._options;
    const wanted = cells.flatMap(cell => this._possible(cell) ?? []);
    this._say.textContent = trans.__('Estimating…');
    const estimating = new AbortController();
    this._estimating = estimating;
    const seconds = await source.seconds(wanted, estimating.signal);
    if (estimating.signal.aborted) {
      return false;
    }
    if (seconds !== null && seconds < SLOW) {
      return true;
    }
    this._say.textContent =
      seconds === null
        ? trans.__(
            'Nobody can tell how long these %1 slices take.',
            wanted.length
          )
        : trans.__(
            'These %1 slices take about %2.',
            wanted.length,
            formatSeconds(seconds)
          );
    this._go.hidden = false;
    return false;
  }

  /** The slice of a cell; null when the recipe does not take its values, which the cell says later. */
  private _possible(cell: SweepCell): IWantedSlice | null {
    try {
      return this._options.wanted(cell);
    } catch {
      return null;
    }
  }

  private readonly _say = element('span', 'jp-tomo-sweep-say');
  private readonly _go: HTMLButtonElement;
  private readonly _end: HTMLButtonElement;
  private readonly _queue: SliceQueue;
  /** What is asked for and neither came nor failed. */
  private readonly _asked = new Set<SweepCell>();
  private readonly _again = new Again(() => this._ask([...this._asked]));
  private _estimating: AbortController | null = null;
  private _cells: readonly SweepCell[] = [];
  private _begun = { at: 0, done: 0 };
}

/** Slices of the same projections follow each other: those are fetched once. */
function byRows(queued: readonly IQueued[]): IQueued[] {
  const rows = new Map<string, IQueued[]>();
  for (const one of queued) {
    const key = rowKey(one.wanted);
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  return [...rows.values()].flat();
}
