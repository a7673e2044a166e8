/**
 * A settled image as a Plotly figure.
 */
import type { Layout, Trace } from '../plotly';
import type { IColours } from '../theme';
import { ticks } from '../pixels/view';
import type { IPayload } from './payload';

/** Size of the figure in CSS pixels, for a width that is there. */
export function figureSize(
  payload: IPayload,
  available: number
): { width: number; height: number } {
  const [rows, columns] = payload.shape;
  const width = Math.max(220, Math.min(available, 520));
  const inner = width - 44 - 84;
  const height = Math.min(Math.max((inner * rows) / columns, 80), 520);
  return { width, height: Math.round(height) + 12 + 28 };
}

/** The image, and an empty trace that carries the colour bar. */
export function figureTraces(payload: IPayload): Trace[] {
  return [
    {
      type: 'image',
      source: `data:image/png;base64,${payload.png}`,
      hoverinfo: 'none'
    },
    {
      type: 'scatter',
      mode: 'markers',
      x: [null],
      y: [null],
      hoverinfo: 'skip',
      marker: { color: [0], coloraxis: 'coloraxis' }
    }
  ];
}

/** Axes in pixels with row 0 at the top, and the colour bar in the values' unit. */
export function figureLayout(
  payload: IPayload,
  size: { width: number; height: number },
  colours: IColours
): Layout {
  const [rows, columns] = payload.shape;
  const axis = {
    type: 'linear',
    tickmode: 'array',
    showgrid: false,
    zeroline: false,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: colours.line
  };
  return {
    ...size,
    autosize: false,
    margin: { l: 44, r: 84, t: 12, b: 28, autoexpand: false },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: colours.font, size: 11, color: colours.muted },
    showlegend: false,
    dragmode: 'zoom',
    hovermode: 'closest',
    xaxis: {
      ...axis,
      range: [-0.5, columns - 0.5],
      constrain: 'domain',
      tickvals: ticks(0, columns - 1, columns, 4)
    },
    yaxis: {
      ...axis,
      range: [rows - 0.5, -0.5],
      scaleanchor: 'x',
      constrain: 'domain',
      tickvals: ticks(0, rows - 1, rows, 4)
    },
    coloraxis: {
      cmin: payload.range[0],
      cmax: payload.range[1],
      colorscale: [
        [0, 'rgb(0,0,0)'],
        [1, 'rgb(255,255,255)']
      ],
      colorbar: {
        thickness: 10,
        xpad: 8,
        outlinewidth: 0,
        ticks: 'outside',
        ticklen: 3,
        nticks: 5,
        tickcolor: colours.line,
        // Plotly reads a few tags in titles: none may come from a notebook.
        title: {
          text: payload.unit.replace(/[<>&]/g, ''),
          side: 'right',
          font: { size: 11 }
        }
      }
    }
  };
}

/** The value that a grey (0 to 255) stands for. */
export function valueOfGrey(payload: IPayload, grey: number): number {
  const [low, high] = payload.range;
  return low + ((high - low) * grey) / 255;
}
