import { frameOf } from '../../tuning/__tests__/fakes';
import {
  button,
  make,
  said,
  settle,
  shown,
  useViewers
} from './recipe-viewers';

// These are files beside the page.
jest.mock('../../tuning/urls', () => ({}));
// There are no ports here to send memory to.
jest.mock('../../tuning/release', () => ({ release: () => undefined }));
jest.mock('../plotly', () => ({
  ...jest.requireActual<object>('../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const COST = { centre: 50, projections: 12, slice: 0 };

describe('The sweep over a viewer', () => {
  useViewers();

  it('says that the server makes its slices, also where those shown do not follow the hand', async () => {
    const { viewer, workers } = await shown();
    button(viewer, 'Live').click();
    await settle(300);
    button(viewer, 'Sweep…').click();
    await settle(300);
    await workers.late(true);
    expect(said(viewer)).toContain(
      'The server computes slices for now: this browser has given none for some seconds.'
    );
    button(viewer, '✕').click();
    expect(said(viewer)).not.toContain('The server');
  });

  it.each([
    // Twelve seconds for each of three rows, and none of the search for the axis.
    [{ seconds: COST }, 1, 'take about 36 s'],
    // Each of them has other noise and dose, though those of the row were known.
    [{ seconds: { ...COST, measures: 0 }, measuring: 2 }, 1, 'take about 42 s'],
    // A row that does not say so was waited for.
    [{}, 20, 'take about 1 min'],
    [{}, null, 'Nobody can tell']
  ])('says what the rows of a sweep take: %j', async (about, took, says) => {
    const { viewer, session, api, work } = make('slice', {
      filters: [{ name: 'outliers' }]
    });
    await settle();
    api.asked[0].answer(frameOf(512, about));
    await settle();
    await work[0].finish();
    session.rowSeconds = took;
    button(viewer, 'Sweep…').click();
    await settle(200);
    const parameter = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-sweep select'
    );
    const texts = [...(parameter?.options ?? [])].map(({ text }) => text);
    const requests = api.asked.length;
    parameter!.selectedIndex = texts.indexOf('Outliers: Kind');
    parameter!.dispatchEvent(new Event('change'));
    await settle(200);
    expect(
      viewer.node.querySelector('.jp-tomo-sweep-say')?.textContent
    ).toContain(says);
    expect(api.asked).toHaveLength(requests);
  });

  it('tries other values, and leaves out filters, with the axis of the image', async () => {
    const { viewer, api, work } = make('slice', {
      regions: {},
      filters: [{ name: 'stripes-sorting', size: 5 }]
    });
    await settle();
    const axis = { column: 200, row: 0, tilt: 0.5 };
    const search = { ofSteps: false, warnings: [] };
    const place = { left: 0, columns: 512, rows: 9, rotated: 0.5, scale: 1 };
    const live = { angles: [0, 90], ...place, axis, search };
    api.asked[0].answer(frameOf(512, { live }));
    await settle();
    await work[0].finish();
    const column = 200 + 3 * Math.tan((0.5 * Math.PI) / 180);
    // The projections are rotated about the middle of 512 columns and 9 rows.
    const angle = (0.5 * Math.PI) / 180;
    const middle = 200 + 4 * Math.tan(angle);
    const stands = 255.5 + (middle - 255.5) * Math.cos(angle);
    expect(viewer.image?.data[0]).toBeCloseTo(stands, 3);
    const used = {
      column: expect.closeTo(column, 9) as number,
      row: 3,
      tilt: 0.5
    };
    button(viewer, 'Sweep…').click();
    await settle();
    const asked = (): unknown => api.asked.at(-1)?.request;
    expect(asked()).toMatchObject({
      product: 'attenuation',
      // About the row of the axis, with its tilt.
      recipe: { regions: { centre: { ...axis, column: 196 } } }
    });
    const parameter = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-sweep select'
    );
    if (!parameter) {
      throw new Error('There is nothing to choose.');
    }
    parameter.selectedIndex = [...parameter.options].findIndex(({ text }) =>
      text.startsWith('Stripes: sorting')
    );
    parameter.dispatchEvent(new Event('change'));
    await settle(200);
    expect(asked()).toMatchObject({
      product: 'attenuation',
      recipe: { regions: { centre: used } }
    });
    const requests = api.asked.length;
    button(viewer, 'Compare…').click();
    await settle();
    const list = viewer.node.querySelector<HTMLSelectElement>(
      '.jp-tomo-compare select'
    );
    expect(list?.value).toBe('filter 0 Stripes: sorting');
    // The row is here: without the filter its slice is made here, too.
    expect(api.asked).toHaveLength(requests);
    expect(work.map(({ look }) => look)).toContain('whole');
  });
});
