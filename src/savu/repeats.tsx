/**
 * Groups of plugins that are repeated.
 */
import { closeIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { SavuLoop } from '../api';
import { useEditor } from './context';
import { WholeField } from './fields';

export function Repeats(): JSX.Element | null {
  const { model, trans } = useEditor();
  const { loops, plugins } = model.list;
  if (plugins.length < 2 && loops.length === 0) {
    return null;
  }
  const change = (at: number, changes: Partial<SavuLoop>): void =>
    model.setLoops(
      loops.map((loop, index) =>
        index === at ? { ...loop, ...changes } : loop
      )
    );
  const selected = Math.max(model.selected, 1) + 1;
  return (
    <section
      className="jp-TomoSavu-repeats"
      aria-label={trans.__('Repeats')}
      title={trans.__(
        'Savu runs a group of plugins several times, each time on the result before'
      )}
    >
      <h3>{trans.__('Repeats')}</h3>
      {loops.map((loop, at) => (
        <div className="jp-TomoSavu-repeat" key={at}>
          <span>{trans.__('Plugins')}</span>
          <WholeField
            label={trans.__('First plugin')}
            value={loop.start}
            disabled={model.readOnly}
            onCommit={start => change(at, { start })}
          />
          <span>{trans.__('to')}</span>
          <WholeField
            label={trans.__('Last plugin')}
            value={loop.end}
            disabled={model.readOnly}
            onCommit={end => change(at, { end })}
          />
          <WholeField
            label={trans.__('How often')}
            value={loop.iterations}
            disabled={model.readOnly}
            onCommit={iterations => change(at, { iterations })}
          />
          <span>{trans.__('times')}</span>
          <button
            type="button"
            className="jp-TomoSavu-remove"
            title={trans.__('Remove this repeat')}
            aria-label={trans.__('Remove this repeat')}
            disabled={model.readOnly}
            onClick={() =>
              model.setLoops(loops.filter((_, index) => index !== at))
            }
          >
            <closeIcon.react tag="span" elementPosition="center" />
          </button>
        </div>
      ))}
      {model.readOnly || plugins.length === 0 ? null : (
        <button
          type="button"
          className="jp-TomoLink"
          onClick={() =>
            model.setLoops([
              ...loops,
              {
                start: Math.min(selected, plugins.length),
                end: Math.min(selected, plugins.length),
                iterations: 2
              }
            ])
          }
        >
          {trans.__('Repeat some plugins')}
        </button>
      )}
    </section>
  );
}
