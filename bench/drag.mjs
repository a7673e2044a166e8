// A slider dragged in a real browser, 2048 x 1500: from the input event to the painted image.
// Prints rows for the table: one JSON object a line.
/* global document, Worker, CanvasRenderingContext2D, HTMLInputElement, requestAnimationFrame, Event -- of the page */
import { Lab } from './drag/lab.mjs';

const SECONDS = 10;
/** Painted columns of an image that is seen as a whole, at least; zoomed, it has fewer. */
const WIDE = 512;
const PART = 256;

const row = (name, value, unit, bar, ok) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(1)), unit, bar, ok })}\n`
  );

/** What happens in the page: values go in with each frame, and paints are noted with the value they show. */
async function drag([seconds, least]) {
  const slider = [...document.querySelectorAll('.jp-TomoSlider')].find(each =>
    /cut/i.test(each.getAttribute('aria-label'))
  );
  const asked = new Map();
  const inputs = [];
  const paints = [];
  let shown = null;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.kind === 'slice') {
      if (!asked.has(this)) {
        asked.set(this, new Map());
        this.addEventListener('message', event => {
          const { kind, id, size } = event.data;
          if (kind === 'done') {
            const value = asked.get(this).get(id);
            shown = value === undefined ? shown : { value, size };
          }
        });
        const own = this.onmessage;
        // The page's own listener paints: it goes after ours.
        this.onmessage = null;
        this.onmessage = own;
      }
      asked.get(this).set(message.id, message.plan[7]);
    }
    return post.call(this, message, ...rest);
  };
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (data, ...rest) {
    put.call(this, data, ...rest);
    // Images are painted in strips: one is there with its last.
    if (data.width >= least && rest[1] + data.height >= this.canvas.height) {
      paints.push({ at: performance.now(), ...shown });
    }
  };
  const set = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  ).set;
  const from = performance.now();
  let step = 0;
  let last = 0;
  while (performance.now() - from < 1000 * seconds) {
    await new Promise(resolve => requestAnimationFrame(resolve));
    // Up and down by hundredths; each value is told apart from the one before.
    const place = step++ % 120;
    last = (30 + Math.min(place, 120 - place)) / 100;
    inputs.push([last, performance.now()]);
    set.call(slider, String(last));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const stop = performance.now();
  await new Promise(resolve => setTimeout(resolve, 2000));
  Worker.prototype.postMessage = post;
  CanvasRenderingContext2D.prototype.putImageData = put;
  return { paints, stop, from, last, inputs, steps: step };
}

/** From the hand to the screen. */
async function measureSpeed({ page }) {
  await page.evaluate(drag, [2, WIDE]);
  const seen = await page.evaluate(drag, [SECONDS, WIDE]);
  const during = seen.paints.filter(paint => paint.at <= seen.stop);
  // Values come again: the last input of one before the paint is what it shows.
  const answered = during.flatMap(({ at, value }) => {
    const input = seen.inputs.findLast(
      ([each, when]) => each === value && when <= at
    );
    return input ? [{ asked: input[1], lag: at - input[1] }] : [];
  });
  const order = answered.map(({ asked }) => asked);
  const lags = answered.map(({ lag }) => lag);
  lags.sort((a, b) => a - b);
  const rate = during.length / SECONDS;
  row('drag: images', rate, '1/s', 20, rate >= 20);
  const late = lags[Math.floor(0.95 * lags.length)] ?? NaN;
  row('drag: input to image, 95 %', late, 'ms', 80, late <= 80);
  row('drag: input to image, median', lags[lags.length >> 1], 'ms', null, null);
  row('drag: changes of the slider', seen.steps / SECONDS, '1/s', null, null);
  // A value that is older than one already seen is stale.
  const stale = order.filter((at, i) => order.slice(0, i).some(b => b > at));
  row('drag: stale images', stale.length, '', 0, stale.length === 0);
}

/** Milliseconds from the last input to the whole slice; the median of five drags. */
async function waitForWhole(page, least) {
  const waits = [];
  for (let times = 0; times < 5; times++) {
    const seen = await page.evaluate(drag, [2, least]);
    const whole = seen.paints.find(
      ({ at, size, value }) =>
        at > seen.stop && size > 1024 && value === seen.last
    );
    // One that never came is the longest.
    waits.push(whole ? whole.at - seen.stop : Infinity);
  }
  return waits.sort((a, b) => a - b)[2];
}

async function measureWhole({ page }) {
  const wait = await waitForWhole(page, WIDE);
  row('drag: whole slice after the hand stops', wait, 'ms', 120, wait <= 120);
}

/** The whole slice where one of its pixels is larger than one of the screen. */
async function measureZoomed({ page }) {
  const surface = page.locator('.jp-tomo-viewer-surface:visible').first();
  await surface.click();
  for (let press = 0; press < 8; press++) {
    await page.keyboard.press('+');
  }
  const scale = await page.evaluate(() => {
    const plot = document.querySelector('.jp-tomo-viewer .js-plotly-plot');
    const { range } = plot._fullLayout.xaxis;
    const { width } = document
      .querySelector('.jp-tomo-viewer-surface')
      .getBoundingClientRect();
    return width / Math.abs(range[1] - range[0]);
  });
  const wait = await waitForWhole(page, PART);
  row('drag: pixels of the screen for one, zoomed', scale, '', null, scale > 1);
  row('drag: whole slice, zoomed', wait, 'ms', 120, wait <= 120);
  await page.keyboard.press('0');
}

/** A thousand steps, and half as many again that must leave nothing. */
async function measureMemory(lab, empty) {
  const start = await lab.memory('gone');
  const before = await lab.memory();
  let steps = 0;
  let middle = null;
  while (steps < 1000) {
    steps += (await lab.page.evaluate(drag, [SECONDS, WIDE])).steps;
    if (middle === null && steps >= 500) {
      middle = await lab.memory();
    }
  }
  const after = await lab.memory();
  const more = after - empty;
  row('drag: memory, over the empty page', more, 'MB', 400, more <= 400);
  row('drag: memory, the empty page', empty, 'MB', null, null);
  row('drag: memory, both', after, 'MB', 400, after <= 400);
  row('drag: growth in 1,000 steps', after - before, 'MB', null, null);
  row('drag: growth in the last 500', after - middle, 'MB', null, null);
  const live = await lab.memory('gone');
  row('drag: memory, both, live', live, 'MB', null, null);
  row('drag: growth, live', live - start, 'MB', null, null);
  for (let more = 0; more < 500;) {
    more += (await lab.page.evaluate(drag, [SECONDS, WIDE])).steps;
  }
  const further = (await lab.memory('gone')) - live;
  row(
    'drag: growth, live, in 500 steps more',
    further,
    'MB',
    10,
    further <= 10
  );
}

async function measureViewers(lab, empty) {
  const one = await lab.memory('driven');
  const alone = await lab.memory('gone');
  for (let viewer = 0; viewer < 20; viewer++) {
    await lab.reopen();
  }
  const twenty = await lab.memory('driven');
  row('drag: live with one viewer', one - empty, 'MB', null, null);
  row('drag: live after 20 viewers', twenty - empty, 'MB', null, null);
  const growth = twenty - one;
  row('drag: growth by 20 viewers', growth, 'MB', 20, growth <= 20);
  // The answers that were kept for who drove the page are not the page's.
  const own = (await lab.memory('gone')) - alone;
  row('drag: growth by 20 viewers, undriven', own, 'MB', 20, own <= 20);
  const workers = await lab.workers();
  row('drag: workers', workers, '', 2, workers <= 2);
}

/** Parts by their names; all of them when none is named. */
const names = ['speed', 'memory', 'viewers'];
const parts = process.argv.slice(2);
const unknown = parts.filter(part => !names.includes(part));
if (unknown.length) {
  process.stderr.write(
    `${unknown.join(', ')}: there are ${names.join(', ')}\n`
  );
  process.exit(2);
}
const asked = part => parts.length === 0 || parts.includes(part);

const lab = await Lab.start();
try {
  const empty = await lab.memory('driven');
  await lab.openSlice();
  if (asked('speed')) {
    await measureSpeed(lab);
    await measureWhole(lab);
    await measureZoomed(lab);
  }
  if (asked('memory')) {
    await measureMemory(lab, empty);
  }
  if (asked('viewers')) {
    await measureViewers(lab, empty);
  }
} finally {
  await lab.end();
}
