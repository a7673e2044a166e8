// A slider dragged in a real browser, 2048 x 1500: from the input event to the painted image.
// Prints rows for the table: one JSON object a line.
import { CUT_OFF, drag, follow, PART, waitForWhole } from './drag/hand.mjs';
import { Lab } from './drag/lab.mjs';

const SECONDS = 10;
/** Stripe filters that are dragged, too: their sinogram is made anew for each value. */
const STRIPES = {
  'stripes-wavelet': { label: 'Sigma', range: [2.1, 0.1] },
  'stripes-all': { label: 'Ratio', range: [2.1, 0.1] },
  'stripes-sorting': { label: 'Size', range: [21, 2] },
  'stripes-filtering': { label: 'Sigma', range: [2.5, 0.1] },
  'stripes-fitting': { label: 'Sigma', range: [5, 1] },
  'stripes-fourier': { label: 'Cut-off', range: [11, 1] }
};

const row = (name, value, unit, bar, ok) =>
  process.stdout.write(
    `${JSON.stringify({ name, value: Number(value.toFixed(1)), unit, bar, ok })}\n`
  );

/** From the hand to the screen, whatever is dragged; what was seen meanwhile. */
async function measureDrag(page, name, slider) {
  await drag(page, 2, slider);
  const seen = await follow(page, SECONDS, slider);
  row(`${name}: images`, seen.rate, '1/s', 20, seen.rate >= 20);
  row(`${name}: input to image, 95 %`, seen.late, 'ms', 80, seen.late <= 80);
  row(`${name}: stale images`, seen.stale, '', 0, seen.stale === 0);
  const wait = await waitForWhole(page, slider);
  const whole = `${name}: whole slice after the hand stops`;
  row(whole, wait, 'ms', 120, wait <= 120);
  return seen;
}

/** The cheapest of all changes, and how large the slice is. */
async function measureSpeed(lab, name = 'drag') {
  const seen = await measureDrag(lab.page, name, CUT_OFF);
  const across = await lab.across();
  row(`${name}: input to image, median`, seen.median, 'ms', null, null);
  row(`${name}: changes of the slider`, seen.changes, '1/s', null, null);
  row(`${name}: pixels of the screen across the slice`, across, '', null, null);
  row(`${name}: columns of a first look`, seen.columns, '', null, null);
}

/** The whole slice where one of its pixels is larger than one of the screen. */
async function measureZoomed(lab) {
  const { page } = lab;
  const scale = await lab.zoomIn();
  const wait = await waitForWhole(page, CUT_OFF, PART);
  row('drag: pixels of the screen for one, zoomed', scale, '', null, scale > 1);
  row('drag: whole slice, zoomed', wait, 'ms', 120, wait <= 120);
  await page.keyboard.press('0');
}

/** The same with the parameter of a stripe filter. */
async function measureStripes(lab) {
  for (const [name, slider] of Object.entries(STRIPES)) {
    await lab.addStep(name);
    await measureDrag(lab.page, name, slider);
    await lab.removeStep();
  }
}

/** A drag of so many steps, or a few more. */
async function step(page, least) {
  for (let steps = 0; steps < least;) {
    steps += (await drag(page, SECONDS, CUT_OFF)).inputs.length;
  }
}

/** A thousand steps, and half as many again that must leave nothing. Nobody collects garbage but the browser. */
async function measureMemory(lab, empty) {
  // What is kept from the first drag on is not growth.
  await drag(lab.page, 2, CUT_OFF);
  const before = await lab.memory('rest');
  await step(lab.page, 1000);
  const most = await lab.memory();
  const after = await lab.memory('rest');
  row('drag: memory, the empty page', empty, 'MB', null, null);
  row('drag: memory, both, as the hand stops', most, 'MB', null, null);
  row('drag: memory, both', after, 'MB', 400, after <= 400);
  const more = after - before;
  row('drag: growth in 1,000 steps', more, 'MB', 20, more <= 20);
  // What the steps leave is told by 500 more.
  await step(lab.page, 500);
  const further = (await lab.memory('rest')) - after;
  row('drag: growth in 500 steps more', further, 'MB', 10, further <= 10);
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
  // With the answers that are kept for who drives the page: those are not the page's.
  row('drag: growth by 20 viewers, driven', twenty - one, 'MB', null, null);
  const own = (await lab.memory('gone')) - alone;
  row('drag: growth by 20 viewers', own, 'MB', 20, own <= 20);
  const workers = await lab.workers();
  row('drag: workers', workers, '', 2, workers <= 2);
}

/** Parts by their names; all of them when none is named. */
const names = ['speed', 'stripes', 'memory', 'viewers'];
const parts = process.argv.slice(2);
const unknown = parts.filter(part => !names.includes(part));
if (unknown.length) {
  process.stderr.write(
    `${unknown.join(', ')}: there are ${names.join(', ')}\n`
  );
  process.exit(2);
}
const asked = part => parts.length === 0 || parts.includes(part);

/** Each in a browser of its own: engines that filtered stripes keep the memory for it. */
const measured = {
  speed: async lab => {
    await measureSpeed(lab);
    await measureZoomed(lab);
    // A window in which all of the slice is seen at half of its pixels.
    await lab.page.setViewportSize({ width: 2100, height: 1310 });
    await measureSpeed(lab, 'drag, wide');
  },
  stripes: measureStripes,
  memory: measureMemory,
  viewers: measureViewers
};
for (const name of names.filter(asked)) {
  const lab = await Lab.start();
  try {
    const empty = await lab.memory('driven');
    await lab.openSlice();
    await measured[name](lab, empty);
  } finally {
    await lab.end();
  }
}
