/**
 * What the checks found, worst first.
 */
import React from 'react';

import type { IFinding, Severity } from './checks';

const RANK: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

export function Findings({
  findings,
  onChoose
}: {
  findings: readonly IFinding[];
  /** Go to the plugin that a finding is about. */
  onChoose?: (index: number) => void;
}): JSX.Element | null {
  if (findings.length === 0) {
    return null;
  }
  const sorted = [...findings].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity]
  );
  return (
    <ul className="jp-TomoSavu-findings">
      {sorted.map(({ severity, index, message }) => (
        <li key={`${index} ${message}`} className={`jp-mod-${severity}`}>
          {index !== null && onChoose ? (
            <button
              type="button"
              className="jp-TomoLink"
              onClick={() => onChoose(index)}
            >
              {index + 1}
            </button>
          ) : null}
          <span>{message}</span>
        </li>
      ))}
    </ul>
  );
}
