import { nullTranslator } from '@jupyterlab/translation';

import { ContrastModel } from '../../contrast';
import { SweepCell } from '../sweep-cell';

const trans = nullTranslator.load('');

beforeEach(() => {
  // There is nothing to paint on here.
  jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

function make(
  held = false,
  labels = ['262.35', '21']
): {
  cell: SweepCell;
  take: jest.Mock;
  again: jest.Mock;
} {
  const take = jest.fn();
  const again = jest.fn();
  const cell = new SweepCell({
    changes: [],
    labels,
    name: 'Centre of rotation 262.35, Stripes: sorting: Size 21',
    held,
    trans,
    contrast: new ContrastModel(),
    take,
    again
  });
  return { cell, take, again };
}

it('says what keeps its slice, offers to try again, and takes nothing unseen', () => {
  const { cell, take, again } = make();
  const picture = cell.node.querySelector<HTMLElement>('.jp-tomo-sweep-take');
  picture?.click();
  expect(take).toHaveBeenCalledTimes(1);
  cell.fail({
    code: 'tool-failed',
    message: 'ASTRA has no memory for this slice.',
    where: '',
    hint: 'Take fewer iterations.'
  });
  expect(cell.isFailed).toBe(true);
  expect(picture?.hidden).toBe(true);
  const trouble = cell.node.querySelector('[role=alert]');
  expect(trouble?.querySelector('p')?.textContent).toBe(
    'ASTRA has no memory for this slice. Take fewer iterations.'
  );
  trouble?.querySelector('button')?.click();
  expect(again).toHaveBeenCalledTimes(1);
  cell.wait();
  expect(cell.isFailed).toBe(false);
  expect(cell.node.querySelector('[role=alert]')).toBeNull();
  cell.show({
    data: Float32Array.of(1),
    rows: 1,
    columns: 1,
    bin: 1,
    about: {}
  });
  expect(cell.isReady).toBe(true);
  expect(picture?.hidden).toBe(false);
});

it('keeps the focus while it is tried again', () => {
  const { cell } = make();
  const failure = { code: 'x', message: 'No.', where: '', hint: '' };
  document.body.append(cell.node);
  cell.fail(failure);
  cell.node.querySelector<HTMLElement>('[role=alert] button')?.focus();
  cell.wait();
  expect(document.activeElement?.className).toBe('jp-tomo-sweep-take');
  cell.fail(failure);
  expect(document.activeElement?.textContent).toBe('Try again');
  cell.node.remove();
});

it('says which values hold now', () => {
  const said = (held: boolean, labels?: string[]): string | null =>
    make(held, labels).cell.node.textContent;
  expect(said(true, ['262.35'])).toBe('262.35 (now)');
  expect(said(false, ['262.35'])).toBe('262.35');
  // Those of two parameters are the grid's heads.
  expect(said(true)).toBe('');
  const both = make(true).cell.label('caption');
  expect(both.textContent).toBe('262.35 · 21 (now)');
});

it('says what it takes, with the names of the parameters', () => {
  const name = (held: boolean): string | null | undefined =>
    make(held)
      .cell.node.querySelector('.jp-tomo-sweep-take')
      ?.getAttribute('aria-label');
  expect(name(false)).toBe(
    'Take Centre of rotation 262.35, Stripes: sorting: Size 21 into the recipe'
  );
  expect(name(true)).toBe(
    'Centre of rotation 262.35, Stripes: sorting: Size 21, as it is now'
  );
});
