/**
 * What stands above the centre by eye: slices or overlay, row, column, steps.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { button, choice, element, segments } from '../dom';
import type { OverlayLook } from './overlay';
import { STEPS } from './search';
import type { CentreSearch, Step } from './search';
import { fieldWithin } from './within-image';
import type { IImageSize } from './within-image';

/** How somebody looks for the axis. */
export type Way = 'strip' | 'overlay';

/** Where in the region the buttons go. */
const SHARES = [0.15, 0.5, 0.85] as const;

export interface ICentreToolbar {
  readonly node: HTMLElement;
  set(way: Way, look: OverlayLook, search: CentreSearch): void;
  /** The column alone, while the overlay is dragged. */
  setColumn(column: number): void;
}

export interface ICentreToolbarOptions {
  readonly trans: TranslationBundle;
  readonly way: (way: Way) => void;
  readonly look: (look: OverlayLook) => void;
  readonly step: (step: Step) => void;
  readonly row: (row: number) => void;
  /** A row at a share of the region's height. */
  readonly share: (share: number) => void;
  readonly column: (column: number) => void;
  /** The image that is looked at; null while nobody knows it. */
  readonly size: () => IImageSize | null;
}

export function centreToolbar(options: ICentreToolbarOptions): ICentreToolbar {
  const { trans } = options;
  const ways = segments<Way>(
    trans.__('How'),
    [
      ['strip', trans.__('Slices')],
      ['overlay', trans.__('0°/180° overlay')]
    ],
    options.way
  );
  const looks = segments<OverlayLook>(
    trans.__('How the overlay is shown'),
    [
      ['red-cyan', trans.__('Red and cyan')],
      ['difference', trans.__('Difference')]
    ],
    options.look
  );
  const steps = choice<Step>(
    trans.__('Columns between the slices'),
    STEPS.map(step => [step, trans.__('%1 px apart', step)] as const),
    options.step
  );
  const row = fieldWithin(
    trans.__('Row that is looked at'),
    () => options.size()?.rows ?? null,
    trans,
    options.row
  );
  const column = fieldWithin(
    trans.__('Column in the middle'),
    () => options.size()?.columns ?? null,
    trans,
    options.column,
    8
  );
  const rows = SHARES.map((share, index) =>
    button(
      [trans.__('Top'), trans.__('Middle'), trans.__('Bottom')][index],
      [
        trans.__('A row near the top of the region'),
        trans.__('The middle row of the region'),
        trans.__('A row near the bottom of the region')
      ][index],
      () => options.share(share)
    )
  );
  const node = element('div', 'jp-tomo-viewer-toolbar');
  node.append(
    ways.node,
    worded(trans.__('Row'), ...rows, row.node),
    worded(trans.__('Column'), column.node),
    steps,
    looks.node
  );
  const setColumn = (value: number): void =>
    column.set(Number(value.toFixed(3)));
  return {
    node,
    setColumn,
    set: (way, look, search) => {
      ways.set(way);
      looks.set(look);
      steps.hidden = way !== 'strip';
      looks.node.hidden = way !== 'overlay';
      steps.value = search.step;
      row.set(search.row);
      setColumn(search.column);
    }
  };
}

/** A word and the controls that it belongs to. */
function worded(word: string, ...nodes: HTMLElement[]): HTMLElement {
  const group = element('span', 'jp-tomo-centre-worded');
  group.append(element('span', 'jp-tomo-centre-word', word), ...nodes);
  return group;
}
