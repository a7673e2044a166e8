/**
 * A small chart: points, a line, and where the answer stands.
 */
import React from 'react';

import { formatNumber } from '../../quantities';

const WIDTH = 280;
const HEIGHT = 120;
const LEFT = 46;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 30;

export interface IChartProps {
  title: string;
  x: string;
  y: string;
  points: readonly (readonly number[])[];
  line: readonly (readonly number[])[];
  /** Whether the points are joined. */
  joined: boolean;
  /** Where on x the answer stands. */
  best: number | null;
}

export function Chart({
  title,
  x,
  y,
  points,
  line,
  joined,
  best
}: IChartProps): JSX.Element {
  const all = [...points, ...line];
  const across = rangeOf(all.map(point => point[0]));
  const up = rangeOf(all.map(point => point[1]));
  const atX = (value: number): number =>
    LEFT + share(value, across) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number): number =>
    TOP + (1 - share(value, up)) * (HEIGHT - TOP - BOTTOM);
  const path = (chain: readonly (readonly number[])[]): string =>
    chain
      .map(([a, b]) => `${atX(a).toFixed(1)},${atY(b).toFixed(1)}`)
      .join(' ');
  const digits = (range: IRange): number =>
    Math.max(
      0,
      Math.min(4, 1 - Math.floor(Math.log10(range.high - range.low)))
    );
  return (
    <figure className="jp-TomoChart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        <path
          className="jp-TomoChart-frame"
          d={`M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`}
        />
        {best === null ? null : (
          <line
            className="jp-TomoChart-best"
            x1={atX(best)}
            x2={atX(best)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
          />
        )}
        {joined ? (
          <polyline className="jp-TomoChart-curve" points={path(points)} />
        ) : (
          points.map(([a, b], index) => (
            <circle
              key={index}
              className="jp-TomoChart-point"
              cx={atX(a)}
              cy={atY(b)}
              r={points.length > 40 ? 1.2 : 2.4}
            />
          ))
        )}
        {line.length ? (
          <polyline className="jp-TomoChart-line" points={path(line)} />
        ) : null}
        <text x={LEFT - 4} y={TOP + 8} textAnchor="end">
          {formatNumber(up.high, digits(up))}
        </text>
        <text x={LEFT - 4} y={HEIGHT - BOTTOM} textAnchor="end">
          {formatNumber(up.low, digits(up))}
        </text>
        <text x={LEFT} y={HEIGHT - BOTTOM + 12}>
          {formatNumber(across.low, digits(across))}
        </text>
        <text x={WIDTH - RIGHT} y={HEIGHT - BOTTOM + 12} textAnchor="end">
          {formatNumber(across.high, digits(across))}
        </text>
        <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} textAnchor="middle">
          {x}
        </text>
        <text
          transform={`translate(9 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          {y}
        </text>
      </svg>
    </figure>
  );
}

interface IRange {
  readonly low: number;
  readonly high: number;
}

/** Where values lie; never empty. */
function rangeOf(values: readonly number[]): IRange {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

function share(value: number, { low, high }: IRange): number {
  return (value - low) / (high - low);
}
