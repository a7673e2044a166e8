/**
 * Axes, shapes and colour bar: Plotly without data.
 */
import type { IDisposable } from '@lumino/disposable';

import { QUIET } from '../plotly';
import type { IPlotly, IShape, Layout } from '../plotly';
import type { IColours } from '../theme';
import type { ILevels } from './paint';
import { ticks } from './view';
import type { ISize, IView } from './view';

/** Space around the plot for ticks and colour bar, in CSS pixels. */
export const MARGIN = { left: 52, right: 92, top: 14, bottom: 30 } as const;

/** Everything that is drawn. */
export interface IPlotState {
  readonly outer: ISize;
  readonly image: ISize;
  /** Number of the first column. */
  readonly left: number;
  readonly view: IView;
  readonly shapes: readonly IShape[];
  readonly levels: ILevels;
  readonly scale: readonly [number, string][];
  readonly unit: string;
  readonly colours: IColours;
}

export class AxesPlot implements IDisposable {
  /** @param load gives Plotly; called once, at the first drawing */
  constructor(private readonly load: () => Promise<IPlotly>) {
    this.node = document.createElement('div');
    this.node.className = 'jp-tomo-viewer-plot';
  }

  readonly node: HTMLDivElement;

  /** Draw a state; several in one turn of the event loop are one drawing, of the last. */
  draw(state: IPlotState): Promise<void> {
    this._next = state;
    this._drawing ??= this._drawAll().finally(() => {
      this._drawing = null;
    });
    return this._drawing;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    this._next = null;
    if (this._drawn) {
      this._plotly?.purge(this.node);
    }
    this.node.remove();
  }

  private async _drawAll(): Promise<void> {
    this._plotly ??= await this.load();
    while (this._next && !this._disposed) {
      const state = this._next;
      this._next = null;
      const before = this._drawn;
      this._drawn = state;
      if (before) {
        await this._plotly.relayout(this.node, changes(before, state));
      } else {
        await this._plotly.newPlot(
          this.node,
          [barTrace()],
          wholeLayout(state),
          QUIET
        );
      }
    }
    // Disposed while Plotly worked: its listeners go with it.
    if (this._disposed && this._drawn) {
      this._plotly.purge(this.node);
    }
  }

  private _plotly: IPlotly | null = null;
  private _drawn: IPlotState | null = null;
  private _next: IPlotState | null = null;
  private _drawing: Promise<void> | null = null;
  private _disposed = false;
}

/** Only what differs: a pan lays out the axes and nothing else. */
function changes(before: IPlotState, after: IPlotState): Layout {
  const layout: Layout = {};
  if (
    before.outer.width !== after.outer.width ||
    before.outer.height !== after.outer.height
  ) {
    Object.assign(layout, after.outer);
  }
  if (
    before.view !== after.view ||
    before.image.width !== after.image.width ||
    before.image.height !== after.image.height ||
    before.left !== after.left
  ) {
    const { x, y } = axes(after);
    layout['xaxis.range'] = x.range;
    layout['xaxis.tickvals'] = x.tickvals;
    layout['xaxis.ticktext'] = x.ticktext;
    layout['yaxis.range'] = y.range;
    layout['yaxis.tickvals'] = y.tickvals;
  }
  if (before.shapes !== after.shapes) {
    layout.shapes = after.shapes;
  }
  if (
    before.levels !== after.levels ||
    before.scale !== after.scale ||
    before.unit !== after.unit ||
    before.colours !== after.colours
  ) {
    layout.coloraxis = colourAxis(after);
  }
  if (before.colours !== after.colours) {
    Object.assign(layout, colouring(after.colours));
  }
  return layout;
}

function wholeLayout(state: IPlotState): Layout {
  const { x, y } = axes(state);
  const common = {
    tickmode: 'array',
    showgrid: false,
    zeroline: false,
    fixedrange: true,
    automargin: false,
    ticks: 'outside',
    ticklen: 4
  };
  return {
    ...state.outer,
    autosize: false,
    margin: {
      l: MARGIN.left,
      r: MARGIN.right,
      t: MARGIN.top,
      b: MARGIN.bottom,
      autoexpand: false
    },
    xaxis: { ...common, ...x },
    yaxis: { ...common, ...y },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    showlegend: false,
    dragmode: false,
    hovermode: false,
    shapes: state.shapes,
    coloraxis: colourAxis(state),
    ...colouring(state.colours)
  };
}

function axes({ view, image, left, outer }: IPlotState): {
  x: { range: [number, number]; tickvals: number[]; ticktext: string[] };
  y: { range: [number, number]; tickvals: number[] };
} {
  const across = Math.max(2, Math.floor(outer.width / 90));
  const along = Math.max(2, Math.floor(outer.height / 70));
  const columns = ticks(view.left, view.right, image.width, across, left);
  return {
    x: {
      range: [view.left, view.right],
      tickvals: columns,
      ticktext: columns.map(column => String(column + left))
    },
    // Row 0 is at the top.
    y: {
      range: [view.bottom, view.top],
      tickvals: ticks(view.top, view.bottom, image.height, along)
    }
  };
}

function colouring(colours: IColours): Layout {
  return {
    font: { family: colours.font, size: 11, color: colours.muted },
    'xaxis.tickcolor': colours.line,
    'yaxis.tickcolor': colours.line
  };
}

function colourAxis({ levels, scale, unit, colours }: IPlotState): Layout {
  return {
    cmin: levels.low,
    cmax: levels.high,
    colorscale: scale,
    colorbar: {
      thickness: 12,
      xpad: 8,
      outlinewidth: 0,
      ticks: 'outside',
      ticklen: 3,
      tickcolor: colours.line,
      exponentformat: 'e',
      minexponent: 5,
      nticks: 6,
      // Beside the ticks there is no room for it: counts have five digits.
      title: { text: unit, side: 'top', font: { size: 11 } },
      tickfont: { color: colours.muted }
    }
  };
}

/** An invisible point: a colour bar needs a trace that uses it. */
function barTrace(): Record<string, unknown> {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [null],
    y: [null],
    hoverinfo: 'skip',
    marker: { color: [0], coloraxis: 'coloraxis' }
  };
}
