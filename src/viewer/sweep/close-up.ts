/**
 * Two slices of a sweep, larger than in its grid: the one that is pointed at,
 * and beside it the one that holds now.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from '../dom';
import type { SweepCell } from './sweep-cell';

export class CloseUp {
  constructor(trans: TranslationBundle) {
    // What it shows is in the grid, with a name.
    this.node.setAttribute('aria-hidden', 'true');
    this._hint = element(
      'span',
      'jp-tomo-sweep-hint',
      trans.__('Point at a slice to see it larger.')
    );
  }

  readonly node = element('div', 'jp-tomo-sweep-close');

  /** @param size pixels of each slice */
  resize(size: number): void {
    this.node.style.setProperty('--jp-tomo-sweep-close', `${size}px`);
  }

  /**
   * @param held the cell of what holds now; null: it is not in the grid
   * @param pointed the cell that is looked at; null: none
   */
  show(held: SweepCell | null, pointed: SweepCell | null): void {
    const cells = [held, pointed === held ? null : pointed];
    const seen = cells.flatMap(cell => (cell ? [this._figure(cell)] : []));
    this.node.replaceChildren(...seen, ...(pointed ? [] : [this._hint]));
  }

  private _figure(cell: SweepCell): HTMLElement {
    const node = element('div', 'jp-tomo-sweep-figure');
    const canvas = document.createElement('canvas');
    const { picture } = cell;
    canvas.width = picture?.width ?? 1;
    canvas.height = picture?.height ?? 1;
    if (picture) {
      canvas.getContext('2d', { alpha: false })?.drawImage(picture, 0, 0);
    }
    node.append(cell.label('jp-tomo-sweep-caption'), canvas);
    return node;
  }

  private readonly _hint: HTMLElement;
}
