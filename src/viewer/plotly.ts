/**
 * The one door to Plotly: its cartesian bundle, loaded on first use.
 */

/** A shape of Plotly's layout, as far as it is used here. */
export interface IShape {
  type: 'line' | 'rect' | 'circle';
  xref: 'x';
  yref: 'y';
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  line: { color: string; width: number; dash?: 'solid' | 'dash' | 'dot' };
  fillcolor?: string;
  layer?: 'above' | 'below';
  /** 'pixel': lengths are of the screen, from the anchor. */
  xsizemode?: 'pixel';
  ysizemode?: 'pixel';
  xanchor?: number;
  yanchor?: number;
}

/** Keys of Plotly's layout; `relayout` also takes dotted ones. */
export type Layout = Record<string, unknown>;
export type Trace = Record<string, unknown>;

/** What Plotly says about the pointer. */
export interface IPlotlyHover {
  points: readonly { pointNumber?: number | readonly number[] }[];
}

/** The element after `newPlot`. */
export interface IPlotElement extends HTMLElement {
  on(event: 'plotly_hover', listener: (event: IPlotlyHover) => void): void;
  on(event: 'plotly_unhover', listener: () => void): void;
}

/** What of Plotly is used. */
export interface IPlotly {
  newPlot(
    node: HTMLElement,
    traces: readonly Trace[],
    layout: Layout,
    config: Record<string, unknown>
  ): Promise<IPlotElement>;
  relayout(node: HTMLElement, layout: Layout): Promise<IPlotElement>;
  purge(node: HTMLElement): void;
}

/** Stops everything that Plotly would offer by itself. */
export const QUIET = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  scrollZoom: false,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
  showAxisRangeEntryBoxes: false
} as const;

let loading: Promise<IPlotly> | null = null;

/** Plotly; a failed load is tried again by the next caller. */
export function loadPlotly(): Promise<IPlotly> {
  loading ??= import('plotly.js/dist/plotly-cartesian.min.js').then(
    module => module.default,
    (error: unknown) => {
      loading = null;
      throw error;
    }
  );
  return loading;
}
