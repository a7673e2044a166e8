// A hand that drags a slider of the panel, and what the page paints meanwhile.
/* global document, window, Worker, CanvasRenderingContext2D, HTMLInputElement, requestAnimationFrame, Event -- of the page */

/**
 * Runs in the page: a value goes in with each frame, ever upwards and then from
 * the start, so that none comes twice within a second. Which value an image
 * has is known from its array, from the worker to the canvas.
 *
 * @param {object} what
 * @param {number} what.seconds
 * @param {number} what.least painted columns of an image, at least
 * @param {string} what.label of the slider, or a part of it
 * @param {[number, number]} what.range from, step (one that the slider has); 70 steps
 * @param {number} what.first step: with another one the drag ends at another value
 */
async function dragInPage({ seconds, least, label, range: [low, by], first }) {
  const STEPS = 70;
  const slider = [...document.querySelectorAll('.jp-TomoSlider')].find(each =>
    each.getAttribute('aria-label').includes(label)
  );
  const inputs = [];
  const paints = [];
  /** Which input a slice is of: by its number, then by its array. */
  const asked = new Map();
  const images = new WeakMap();
  const heard = new WeakSet();
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.kind === 'slice') {
      if (!heard.has(this)) {
        heard.add(this);
        // The page's own listener was there first; what it paints comes later.
        this.addEventListener(
          'message',
          ({ data: { kind, id, data, size } }) => {
            if (kind === 'done') {
              images.set(data, { input: asked.get(id), size });
            }
          }
        );
        const own = this.onmessage;
        this.onmessage = null;
        this.onmessage = own;
      }
      const { plan, id } = message;
      asked.set(
        id,
        inputs.findLastIndex(({ value }) => plan.includes(value))
      );
    }
    return post.call(this, message, ...rest);
  };
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (data, ...rest) {
    put.call(this, data, ...rest);
    // Images are painted in strips: one is there with its last.
    if (data.width >= least && rest[1] + data.height >= this.canvas.height) {
      const { _look, image } =
        window.jupyterapp.shell.currentWidget.content.view;
      const shown = images.get((_look?.image ?? image).data);
      paints.push({ at: performance.now(), input: -1, size: 0, ...shown });
    }
  };
  const { set } = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  );
  const from = performance.now();
  while (performance.now() - from < 1000 * seconds) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    const step = (first + inputs.length) % STEPS;
    set.call(slider, String(low + by * step));
    const value = Number(slider.value);
    if (Math.abs(value - low - by * step) > by / 2) {
      throw new Error(`The slider ${label} has no ${low + by * step}.`);
    }
    inputs.push({ value, at: performance.now() });
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const stop = performance.now();
  await new Promise(resolve => setTimeout(resolve, 2000));
  Worker.prototype.postMessage = post;
  CanvasRenderingContext2D.prototype.putImageData = put;
  return { paints, stop, inputs };
}

/** Painted columns of an image that is seen as a whole, at least; zoomed, it has fewer. */
export const WIDE = 512;
export const PART = 256;

/** The cheapest of all changes. */
export const CUT_OFF = { label: 'Cut', range: [0.3, 0.01] };

/** Of the drags so far: a value that is shown as a whole already would be there at once. */
let drags = 0;

export function drag(page, seconds, slider, least = WIDE) {
  const first = (17 * drags++) % 70;
  return page.evaluate(dragInPage, { seconds, least, first, ...slider });
}

/** Milliseconds from the last input to the whole slice; the median of five drags. */
export async function waitForWhole(page, slider, least = WIDE) {
  const waits = [];
  for (let times = 0; times < 5; times++) {
    const { paints, stop, inputs } = await drag(page, 2, slider, least);
    const whole = paints.find(
      ({ at, size, input }) =>
        at > stop && size > 1024 && input === inputs.length - 1
    );
    // One that never came is the longest.
    waits.push(whole ? whole.at - stop : Infinity);
  }
  return waits.sort((a, b) => a - b)[2];
}

/** Images a second while the hand moves, how late they are, and how many are older than one before. */
export async function follow(page, seconds, slider) {
  const { paints, stop, inputs } = await drag(page, seconds, slider);
  const during = paints.filter(({ at, input }) => at <= stop && input >= 0);
  const lags = during.map(({ at, input }) => at - inputs[input].at);
  lags.sort((a, b) => a - b);
  let newest = -1;
  let stale = 0;
  for (const { input } of paints.filter(({ input }) => input >= 0)) {
    stale += input < newest ? 1 : 0;
    newest = Math.max(newest, input);
  }
  return {
    rate: during.length / seconds,
    changes: inputs.length / seconds,
    late: lags[Math.floor(0.95 * lags.length)] ?? Infinity,
    median: lags[lags.length >> 1] ?? Infinity,
    columns: during.at(-1)?.size ?? 0,
    stale
  };
}
