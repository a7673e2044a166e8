/**
 * Beside what is folded: something in it is not in the recipe.
 */
import React from 'react';

import { usePanel } from './context';

/** @param count texts that are refused; nothing is said of none */
export function RefusedNote({ count }: { count: number }): JSX.Element | null {
  const { trans } = usePanel();
  return count > 0 ? (
    <span
      className="jp-TomoRefused"
      role="status"
      title={trans.__('Not in the recipe until it is mended: open to see why')}
    >
      {trans._n('%1 value refused', '%1 values refused', count)}
    </span>
  ) : null;
}
