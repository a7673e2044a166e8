/**
 * Room for the panel: the side areas of JupyterLab open as narrow as they go.
 */
import { SplitPanel } from '@lumino/widgets';
import type { Widget } from '@lumino/widgets';

/** Width at which the rows of the panel stand in one line, in CSS pixels. */
export const COMFORTABLE = 370;
/** A side area takes no more of the window. */
const LARGEST_SHARE = 0.28;

/**
 * Shares of a row of widgets after one was widened; the widest gives.
 *
 * @param shares parts of the whole, which sum to 1
 * @param index the one to widen
 * @param share what it should have; left alone when it has as much
 */
export function widened(
  shares: readonly number[],
  index: number,
  share: number
): number[] {
  const lack = share - shares[index];
  const giver = shares.indexOf(Math.max(...shares));
  return lack <= 0 || giver === index
    ? [...shares]
    : shares.map((each, i) =>
        i === index ? share : i === giver ? each - lack : each
      );
}

/** Give the side area that shows a widget a comfortable width. */
export function widen(widget: Widget): void {
  let area = widget;
  while (area.parent && !(area.parent instanceof SplitPanel)) {
    area = area.parent;
  }
  const split = area.parent;
  const whole = split?.node.clientWidth ?? 0;
  if (
    !(split instanceof SplitPanel) ||
    split.orientation !== 'horizontal' ||
    whole === 0 ||
    area.isHidden
  ) {
    return;
  }
  split.setRelativeSizes(
    widened(
      split.relativeSizes(),
      split.widgets.indexOf(area),
      Math.min(COMFORTABLE / whole, LARGEST_SHARE)
    )
  );
}
