/**
 * Colours of JupyterLab's theme for what is not drawn by CSS.
 */
import type { IThemeManager } from '@jupyterlab/apputils';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';

export interface IColours {
  text: string;
  muted: string;
  line: string;
  background: string;
  accent: string;
  accentFill: string;
  axis: string;
  roi: string;
  air: string;
  mask: string;
  bars: string;
  font: string;
}

/** The colours in force at a node of the page. */
export function coloursAt(node: Element): IColours {
  const style = getComputedStyle(node);
  const read = (name: string, fallback: string): string =>
    style.getPropertyValue(name).trim() || fallback;
  return {
    text: read('--jp-ui-font-color1', '#222'),
    muted: read('--jp-ui-font-color2', '#666'),
    line: read('--jp-border-color1', '#ccc'),
    background: read('--jp-layout-color1', '#fff'),
    accent: read('--jp-brand-color1', '#1976d2'),
    accentFill: read('--jp-tomo-viewer-selected', 'rgba(25, 118, 210, 0.12)'),
    axis: read('--jp-tomo-viewer-axis', '#e53935'),
    roi: read('--jp-tomo-viewer-roi', '#43a047'),
    air: read('--jp-tomo-viewer-air', '#fbc02d'),
    mask: read('--jp-tomo-viewer-mask', '#64b5f6'),
    bars: read('--jp-ui-font-color3', '#999'),
    font: read('--jp-ui-font-family', 'sans-serif')
  };
}

/**
 * Draw again with the colours of each new theme, until disposed.
 *
 * JupyterLab hides all of itself for a frame when a theme comes; what draws
 * then has no size, and is told of none when it is there again.
 */
export function followTheme(
  themes: IThemeManager | null,
  draw: () => void
): IDisposable {
  let frame = 0;
  const changed = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(draw);
    });
  };
  themes?.themeChanged.connect(changed);
  return new DisposableDelegate(() => {
    themes?.themeChanged.disconnect(changed);
    cancelAnimationFrame(frame);
  });
}
