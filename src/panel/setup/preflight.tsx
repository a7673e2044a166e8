/**
 * What Test found, check by check, and for each miss what to do.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Preflight } from '../../api';
import { usePanel } from '../context';

type Check = Preflight['checks'][number];

const MARKS: Readonly<Record<Check['state'], string>> = {
  ok: '✓',
  warning: '!',
  failed: '✗',
  skipped: '–'
};

function stateName(state: Check['state'], trans: TranslationBundle): string {
  switch (state) {
    case 'ok':
      return trans.__('in order');
    case 'warning':
      return trans.__('warning');
    case 'failed':
      return trans.__('failed');
    case 'skipped':
      return trans.__('not looked at');
  }
}

/** "All 14 checks are in order", or how many are not. */
export function preflightSentence(
  { checks }: Preflight,
  trans: TranslationBundle
): string {
  const count = (state: Check['state']): number =>
    checks.filter(check => check.state === state).length;
  const parts = [
    count('failed') ? trans.__('%1 failed', count('failed')) : '',
    count('warning')
      ? trans._n('%1 warning', '%1 warnings', count('warning'))
      : '',
    count('skipped') ? trans.__('%1 not looked at', count('skipped')) : ''
  ].filter(Boolean);
  return parts.length
    ? trans.__('%1 of %2 in order', count('ok'), checks.length) +
        ` · ${parts.join(' · ')}`
    : trans._n(
        'The one check is in order',
        'All %1 checks are in order',
        checks.length
      );
}

export function PreflightList({
  preflight
}: {
  preflight: Preflight;
}): JSX.Element {
  const { trans } = usePanel();
  return (
    <div className="jp-TomoPreflight">
      <p className="jp-TomoPreflight-sum" role="status">
        {preflightSentence(preflight, trans)}
      </p>
      <ul>
        {preflight.checks.map(check => (
          <li key={check.name} data-state={check.state}>
            <span
              className="jp-TomoPreflight-mark"
              role="img"
              aria-label={stateName(check.state, trans)}
              title={stateName(check.state, trans)}
            >
              {MARKS[check.state]}
            </span>
            <span className="jp-TomoPreflight-title">{check.title}</span>
            <span className="jp-TomoPreflight-found">{check.found}</span>
            {check.hint ? (
              <span className="jp-TomoPreflight-hint">{check.hint}</span>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
