/**
 * The part of an image that is seen: pan and zoom as arithmetic.
 *
 * Pixel i covers i - 0.5 to i + 0.5; rows grow downwards.
 */

/** Image coordinates at the edges of the plot. Both directions have one scale. */
export interface IView {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Width and height, of an image in pixels or of the plot on the screen. */
export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** Fewest image pixels across the plot. */
const CLOSEST = 4;
/** The image takes at least this share of its fitted size. */
const FARTHEST = 0.25;

/** Screen pixels for one image pixel. */
export function magnification(view: IView, plot: ISize): number {
  return plot.width / (view.right - view.left);
}

/** The whole image, as large as it goes, in the middle. */
export function fitted(image: ISize, plot: ISize): IView {
  const scale = Math.min(plot.width / image.width, plot.height / image.height);
  return around(
    (image.width - 1) / 2,
    (image.height - 1) / 2,
    plot.width / scale,
    plot.height / scale
  );
}

/** Zoom by `factor` (above 1: closer) and leave the point (x, y) where it is. */
export function zoomed(
  view: IView,
  x: number,
  y: number,
  factor: number,
  image: ISize,
  plot: ISize
): IView {
  const scale = magnification(view, plot);
  const fit = magnification(fitted(image, plot), plot);
  const wanted = Math.min(
    Math.max(scale * factor, fit * FARTHEST),
    Math.max(plot.width / CLOSEST, fit)
  );
  const by = scale / wanted;
  return {
    left: x + (view.left - x) * by,
    right: x + (view.right - x) * by,
    top: y + (view.top - y) * by,
    bottom: y + (view.bottom - y) * by
  };
}

/** Move the view; some of the image stays in it. */
export function panned(
  view: IView,
  dx: number,
  dy: number,
  image: ISize
): IView {
  const clamp = (low: number, high: number, by: number, size: number): number =>
    Math.min(Math.max(by, 0.5 - high), size - 1.5 - low);
  const x = clamp(view.left, view.right, dx, image.width);
  const y = clamp(view.top, view.bottom, dy, image.height);
  return moved(view, x, y);
}

export function moved(view: IView, x: number, y: number): IView {
  return {
    left: view.left + x,
    right: view.right + x,
    top: view.top + y,
    bottom: view.bottom + y
  };
}

/** A box, grown in one direction to the shape of the plot. */
export function boxed(box: IView, image: ISize, plot: ISize): IView {
  const width = Math.max(Math.abs(box.right - box.left), 1e-6);
  const height = Math.max(Math.abs(box.bottom - box.top), 1e-6);
  const scale = Math.min(plot.width / width, plot.height / height);
  const x = (box.left + box.right) / 2;
  const y = (box.top + box.bottom) / 2;
  const view = around(x, y, plot.width / scale, plot.height / scale);
  return zoomed(view, x, y, 1, image, plot);
}

/** The same middle and magnification in a plot of another size. */
export function resized(view: IView, before: ISize, after: ISize): IView {
  const scale = magnification(view, before);
  return around(
    (view.left + view.right) / 2,
    (view.top + view.bottom) / 2,
    after.width / scale,
    after.height / scale
  );
}

/**
 * Positions for tick marks with round numbers, only where there is image: at
 * most about `most`.
 *
 * @param first number of the first pixel
 * @returns positions, counted from the first pixel
 */
export function ticks(
  from: number,
  to: number,
  size: number,
  most: number,
  first = 0
): number[] {
  const low = Math.max(Math.ceil(from), 0) + first;
  const high = Math.min(Math.floor(to), size - 1) + first;
  if (high <= low) {
    return high === low ? [low - first] : [];
  }
  const rough = (high - low) / Math.max(most - 1, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const factor = [1, 2, 5, 10].find(f => f * power >= rough) ?? 10;
  const step = Math.max(1, factor * power);
  const found: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    found.push(tick - first);
  }
  return found;
}

function around(x: number, y: number, width: number, height: number): IView {
  return {
    left: x - width / 2,
    right: x + width / 2,
    top: y - height / 2,
    bottom: y + height / 2
  };
}
