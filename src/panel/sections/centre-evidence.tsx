/**
 * How the axis of rotation was found: methods, what each says, and the picture of why.
 */
import React from 'react';

import type { Centre, Description } from '../../api';
import { formatNumber } from '../../quantities';
import { usePanel } from '../context';
import { Chart } from './chart';

type Methods = NonNullable<Description['centreMethods']>;

/** The methods to choose from; those that the angles do not allow say why. */
export function methodChoices(
  description: Description | null,
  chosen: string
): { value: string; label: string; disabled?: boolean; title?: string }[] {
  const methods: Methods = description?.centreMethods ?? [];
  const choices = methods.map(({ name, title, help, why }) => ({
    value: name,
    label: title,
    disabled: why !== undefined && name !== chosen,
    title: why ?? help
  }));
  return methods.some(({ name }) => name === chosen)
    ? choices
    : [...choices, { value: chosen, label: chosen }];
}

/** What the chosen method does, or why it cannot be used, and which others cannot. */
export function MethodNote({
  description,
  method
}: {
  description: Description | null;
  method: string;
}): JSX.Element | null {
  const { trans } = usePanel();
  const methods: Methods = description?.centreMethods ?? [];
  const chosen = methods.find(({ name }) => name === method);
  if (!chosen) {
    return null;
  }
  const barred = methods.filter(({ why }) => why !== undefined);
  return (
    <>
      <p className={`jp-TomoHint${chosen.why ? ' jp-mod-warn' : ''}`}>
        {chosen.why ?? chosen.help}
      </p>
      {barred.length && !chosen.why ? (
        <details className="jp-TomoMissing">
          <summary>
            {trans._n(
              '%1 method cannot be used here',
              '%1 methods cannot be used here',
              barred.length
            )}
          </summary>
          {barred.map(({ name, title, why }) => (
            <p key={name}>
              <b>{title}</b>: {why}
            </p>
          ))}
        </details>
      ) : null}
    </>
  );
}

/** What the answer was read from. */
export function CentreEvidence({
  found,
  description
}: {
  found: Centre;
  description: Description | null;
}): JSX.Element {
  const { trans } = usePanel();
  const title = (name: string): string =>
    description?.centreMethods?.find(one => one.name === name)?.title ?? name;
  const { picture, tried = [], rows } = found;
  const slope = Math.tan(found.tilt * (Math.PI / 180));
  const at = (row: number): number => found.column + (row - found.row) * slope;
  return (
    <details className="jp-TomoEvidence" open>
      <summary>
        {found.method
          ? trans.__('Why: %1', title(found.method))
          : trans.__('Why')}
      </summary>
      {tried.length ? (
        <table className="jp-TomoTried">
          <tbody>
            {tried.map(({ name, column, spread, why }) => (
              <tr key={name}>
                <th scope="row">{title(name)}</th>
                {column === null ? (
                  <td colSpan={2}>{why}</td>
                ) : (
                  <>
                    <td>{formatNumber(column, 2)}</td>
                    <td>± {formatNumber(spread ?? 0, 2)}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {picture && picture.points.length > 1 ? (
        <Chart
          title={picture.title}
          x={picture.x}
          y={picture.y}
          points={picture.points}
          line={picture.line}
          joined={!picture.line.length}
          best={picture.best}
        />
      ) : null}
      {rows.length > 2 ? (
        <Chart
          title={trans.__(
            'Column of the axis over the rows, and the line through them'
          )}
          x={trans.__('row')}
          y={trans.__('column')}
          points={rows}
          line={rows.map(([row]) => [row, at(row)])}
          joined={false}
          best={null}
        />
      ) : null}
    </details>
  );
}
