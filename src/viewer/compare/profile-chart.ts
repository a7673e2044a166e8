/**
 * Values of two images along one line, as a Plotly chart.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IDisposable } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import { loadPlotly, QUIET } from '../plotly';
import type { IPlotly } from '../plotly';
import { coloursAt, followTheme } from '../theme';

/** Pixels of the width for each tick. */
const TICK = 60;

/** One curve: distances from the beginning of the line in pixels, and values. */
export interface ICurve {
  readonly name: 'A' | 'B';
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export class ProfileChart extends Widget {
  constructor(
    private readonly axisTitle: string,
    themes: IThemeManager | null,
    private readonly load: typeof loadPlotly = loadPlotly
  ) {
    super();
    this.addClass('jp-tomo-compare-profile');
    if (typeof ResizeObserver !== 'undefined') {
      this._observer = new ResizeObserver(this._schedule);
      this._observer.observe(this.node);
    }
    this._theme = followTheme(themes, this._schedule);
  }

  setCurves(curves: readonly ICurve[], unit: string): void {
    this._curves = curves;
    this._unit = unit;
    this._schedule();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._observer?.disconnect();
    this._theme.dispose();
    cancelAnimationFrame(this._frame);
    if (this._drawn) {
      this._plotly?.purge(this.node);
    }
    super.dispose();
  }

  private readonly _schedule = (): void => {
    cancelAnimationFrame(this._frame);
    this._frame = requestAnimationFrame(() => {
      this._draw().catch((error: unknown) => {
        this.node.textContent = String(error);
      });
    });
  };

  private async _draw(): Promise<void> {
    this._plotly ??= await this.load();
    const { clientWidth: width, clientHeight: height } = this.node;
    if (this.isDisposed || width < 40 || height < 40) {
      return;
    }
    const colours = coloursAt(this.node);
    const axis = {
      showgrid: false,
      ticks: 'outside',
      ticklen: 4,
      tickcolor: colours.line,
      zeroline: false,
      fixedrange: true,
      automargin: true
    };
    this._drawn = true;
    await this._plotly.newPlot(
      this.node,
      this._curves.map(({ name, at, values }) => ({
        type: 'scatter',
        mode: 'lines',
        name,
        x: at,
        y: values,
        line: {
          color: name === 'A' ? colours.axis : colours.accent,
          width: 1.5
        }
      })),
      {
        width,
        height,
        margin: { l: 52, r: 12, t: 20, b: 34 },
        paper_bgcolor: 'rgba(0,0,0,0)',
        plot_bgcolor: 'rgba(0,0,0,0)',
        font: { family: colours.font, size: 11, color: colours.muted },
        xaxis: {
          ...axis,
          // Labels that are turned for want of room would stand where the title is.
          tickangle: 0,
          nticks: Math.max(2, Math.floor(width / TICK)),
          title: { text: this.axisTitle, standoff: 2 }
        },
        yaxis: { ...axis, title: { text: this._unit, standoff: 6 } },
        hovermode: 'x unified',
        hoverlabel: { bgcolor: colours.background },
        showlegend: true,
        legend: {
          x: 1,
          xanchor: 'right',
          y: 1,
          yanchor: 'bottom',
          orientation: 'h',
          bgcolor: 'rgba(0,0,0,0)'
        }
      },
      QUIET
    );
  }

  private readonly _theme: IDisposable;
  private readonly _observer: ResizeObserver | null = null;
  private _curves: readonly ICurve[] = [];
  private _unit = '';
  private _plotly: IPlotly | null = null;
  private _drawn = false;
  private _frame = 0;
}
