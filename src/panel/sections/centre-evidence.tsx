/**
 * How the axis of rotation was found: methods, what each says, and the picture of why.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Centre, Description, Tool } from '../../api';
import { formatNumber } from '../../quantities';
import type { Fetched } from '../../tokens';
import { usePanel } from '../context';
import { Chart } from './chart';

type Methods = NonNullable<Description['centreMethods']>;

/**
 * The methods of a data set: why the angles do not allow one, or that its tool is not there.
 */
export function centreMethods(
  description: Description | null,
  tools: Fetched<readonly Tool[]>
): Methods {
  return (description?.centreMethods ?? []).map(method => {
    const tool =
      tools.state === 'ready'
        ? tools.value.find(({ name }) => name === method.tool)
        : undefined;
    return method.why === undefined && tool?.available === false
      ? { ...method, why: `${tool.why} ${tool.install}`.trim() }
      : method;
  });
}

/** The methods to choose from; those that cannot be used say why. */
export function methodChoices(
  methods: Methods,
  chosen: string,
  trans: TranslationBundle
): { value: string; label: string; disabled?: boolean; title?: string }[] {
  const choices = methods.map(({ name, title, help, why }) => ({
    value: name,
    label: title,
    disabled: why !== undefined && name !== chosen,
    title: why ?? help
  }));
  return methods.some(({ name }) => name === chosen)
    ? choices
    : [
        ...choices,
        {
          value: chosen,
          label: chosen === 'auto' ? trans.__('Automatic') : chosen
        }
      ];
}

/** What the chosen method does, or why it cannot be used, and which others cannot. */
export function MethodNote({
  methods,
  method
}: {
  methods: Methods;
  method: string;
}): JSX.Element | null {
  const { trans } = usePanel();
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
          {[...byReason(barred)].map(([why, titles]) => (
            <p key={why}>
              <b>{titles.join(', ')}</b>: {why}
            </p>
          ))}
        </details>
      ) : null}
    </>
  );
}

/** Why methods cannot be used, each reason once, and their titles. */
function byReason(methods: Methods): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { title, why = '' } of methods) {
    reasons.set(why, [...(reasons.get(why) ?? []), title]);
  }
  return reasons;
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
                    <td>{accuracy(spread)}</td>
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

/** Nobody measures an axis to less than a hundredth of a pixel. */
function accuracy(spread: number | null | undefined): string {
  return typeof spread === 'number'
    ? `± ${formatNumber(Math.max(spread, 0.01), 2)}`
    : '';
}
