// A slice that stays on the cluster, from the slider to the screen of a real browser.
// Arguments: address of JupyterLab with its token, result folder, name of the cluster.
// Prints rows for the table: one JSON object a line.
/* global document, window, CanvasRenderingContext2D, HTMLInputElement, PerformanceObserver, requestAnimationFrame, Event -- of the page */
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/chromium.mjs';

const [address, folder, resource] = process.argv.slice(2);
const WARM = 2;
const LEAST = 5;
const BAR = 250;

const row = (name, value, bar = null) =>
  process.stdout.write(
    `${JSON.stringify({
      name: `remote slice in the browser${name}`,
      value: Number(value.toFixed(1)),
      unit: 'ms',
      bar: bar && `<= ${bar}`,
      ok: bar && value <= bar
    })}\n`
  );

const median = values =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** What happens in the page: one step of the slider, until the frame after the whole image was painted. */
async function step(wanted) {
  const slider = document.querySelector(
    '.jp-tomo-viewer-stepper input[type=range]'
  );
  const put = CanvasRenderingContext2D.prototype.putImageData;
  const paints = [];
  const asked = [];
  let look;
  const painted = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('No image came.')), 20_000);
    look = () => {
      const last = asked.at(-1)?.responseEnd ?? Infinity;
      if (paints.some(at => at > last)) {
        requestAnimationFrame(() => resolve(performance.now()));
      }
    };
  });
  const observer = new PerformanceObserver(list => {
    // JupyterLab adds a time to the address.
    const isSlice = ({ name }) => /results\/slice(\?|$)/.test(name);
    asked.push(...list.getEntries().filter(isSlice));
    look();
  });
  observer.observe({ type: 'resource' });
  CanvasRenderingContext2D.prototype.putImageData = function (...args) {
    put.apply(this, args);
    // Images are painted in strips: one is there with its last.
    const [data, , y] = args;
    if (data.width === 2048 && y + data.height >= this.canvas.height) {
      paints.push(performance.now());
      look();
    }
  };
  const value = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  );
  const from = performance.now();
  value.set.call(slider, String(wanted));
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  const frame = await painted;
  await new Promise(resolve => setTimeout(resolve, 300));
  CanvasRenderingContext2D.prototype.putImageData = put;
  observer.disconnect();
  const { responseStart, responseEnd, decodedBodySize } = asked.at(-1);
  const shown = paints.filter(at => at > responseEnd);
  return {
    requests: asked.length,
    paints: shown.length,
    bytes: decodedBodySize,
    whole: frame - from,
    first: responseStart - from,
    bytesOnTheWay: responseEnd - responseStart,
    page: shown[0] - responseEnd,
    shown: frame - shown[0]
  };
}

const { file, reason } = await findChromium();
if (!file) {
  throw new Error(reason);
}
const browser = await chromium.launch({
  executablePath: file,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
});
try {
  const page = await browser.newPage({
    viewport: { width: 1680, height: 1000 }
  });
  await page.goto(address);
  await page.waitForSelector('#jupyterlab-splash', { state: 'detached' });
  await page.waitForFunction(() =>
    window.jupyterapp?.commands.hasCommand('tomo:open-result')
  );
  await page.evaluate(
    args => window.jupyterapp.commands.execute('tomo:open-result', args),
    { folder, resource, name: 'remote' }
  );
  const viewer = page.locator('.jp-tomo-viewer-result');
  const facts = viewer.locator('.jp-tomo-viewer-info');
  await facts.getByText('2048 × 2048').waitFor({ timeout: 60_000 });
  // While nothing is known of the link, 16 bits come.
  const precision = viewer.getByRole('button', { name: 'Full precision' });
  if (await precision.isVisible()) {
    await precision.click();
    await facts.getByText('16-bit').waitFor({ state: 'detached' });
  }
  const slider = viewer.locator('.jp-tomo-viewer-stepper input[type=range]');
  const [first, last, shown] = await slider.evaluate(({ min, max, value }) =>
    [min, max, value].map(Number)
  );
  const seen = [];
  for (let wanted = first; wanted <= last; wanted++) {
    if (wanted !== shown) {
      seen.push(await page.evaluate(step, wanted));
      await page.waitForTimeout(300);
    }
  }
  // All digits at once: a link that is taken for slow brings a coarse image first.
  const isWhole = ({ requests, paints, bytes }) =>
    requests === 1 && paints === 1 && bytes > 4 * 2048 * 2048;
  const steps = seen.slice(WARM).filter(isWhole);
  if (steps.length < LEAST) {
    throw new Error(`The link is slow: ${JSON.stringify(seen)}`);
  }
  const of = key => median(steps.map(each => each[key]));
  row(', to the screen', of('whole'), BAR);
  row(': until its first byte', of('first'));
  row(': its bytes', of('bytesOnTheWay'));
  row(': until it is painted', of('page'));
  row(': until the next frame', of('shown'));
} finally {
  await browser.close();
}
