/**
 * Where one looks for the axis, and the points found so far: a row, the column
 * in the middle of what is shown there, and how far the slices are apart.
 */
import { columnAt, columnsAbout, fitLine, withPoint } from './line';
import type { IAxisLine, ICentrePoint, IFit } from './line';

/** Slices beside each other. */
export const COUNT = 9;
/** Columns between them that can be chosen. */
export const STEPS = [
  '0.05',
  '0.1',
  '0.25',
  '0.5',
  '1',
  '2',
  '5',
  '10'
] as const;
export type Step = (typeof STEPS)[number];

export class CentreSearch {
  /** Whether somebody has looked. */
  get begun(): boolean {
    return this._begun;
  }

  /** Row that is looked at. */
  get row(): number {
    return this._row;
  }

  /** Column in the middle of the strip, or of the overlay at that row. */
  get column(): number {
    return this._column;
  }
  set column(column: number) {
    this._column = column;
  }

  get points(): readonly ICentrePoint[] {
    return this._points;
  }

  /** The line through the points; null before there are any. */
  get fit(): IFit | null {
    return fitLine(this._points);
  }

  /** The same, with what is shown as one of them. */
  get axis(): IAxisLine {
    const shown = { row: this._row, column: this._column };
    return fitLine(withPoint(this._points, shown)) ?? { ...shown, tilt: 0 };
  }

  /** The axes of the slices. */
  get columns(): number[] {
    return columnsAbout(this._column, Number(this.step), COUNT);
  }

  /** @param coarse the step with which a row begins */
  begin(row: number, column: number, coarse: Step): void {
    this._begun = true;
    this._row = row;
    this._column = rounded(column);
    this._coarse = this.step = coarse;
  }

  /** Look at another row; where nothing is known of it, at `known`. */
  visit(row: number, known: IAxisLine): void {
    const there = this._points.find(point => point.row === row);
    this._column = rounded(there?.column ?? columnAt(this.fit ?? known, row));
    this._row = row;
    if (!there) {
      // A row that was not looked at yet, on an axis that may lean.
      this.step = this._coarse;
    }
  }

  /** A slice is the sharpest: the next look is finer, until the steps end. */
  pick(index: number): void {
    this._column = this.columns[index];
    this.step = STEPS[Math.max(0, STEPS.indexOf(this.step) - 1)];
    this.mark();
  }

  /** What is shown becomes the point of its row. */
  mark(): void {
    this._column = rounded(this._column);
    this.set(withPoint(this._points, { row: this._row, column: this._column }));
  }

  set(points: readonly ICentrePoint[]): void {
    this._points = points;
    const here = points.find(point => point.row === this._row);
    this._column = here?.column ?? this._column;
  }

  /** Columns between the slices. */
  step: Step = '0.5';
  private _begun = false;
  private _coarse: Step = '0.5';
  private _row = 0;
  private _column = 0;
  private _points: readonly ICentrePoint[] = [];
}

/** A thousandth of a pixel is less than anybody sees. */
function rounded(column: number): number {
  return Number(column.toFixed(3));
}
