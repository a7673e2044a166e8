/** @jest-environment node */
import type { IApiClient, IFrame } from '../../api';
import { LiveSlices, type ILiveImage } from '../live-slices';
import type { ISliceDone } from '../messages';
import { release } from '../release';
import type { IRow, IWantedSlice } from '../wanted';
import type { EngineWorkers } from '../workers';

const COLUMNS = 1100;
const COUNT = 3;

/** Workers whose slices come when the test says so. */
class Workers {
  readonly asked: {
    look: string;
    row: IRow;
    room: Float32Array | null;
    done: () => Promise<void>;
  }[] = [];

  forget(): void {
    this.forgotten++;
  }
  forgotten = 0;

  slice(
    look: string,
    row: IRow,
    { bin }: { bin: number },
    _plan: Float64Array,
    _centre: number,
    room: Float32Array | null
  ): Promise<ISliceDone> {
    return new Promise(resolve => {
      const done = async (): Promise<void> => {
        const data = room ?? new Float32Array(4);
        resolve({ kind: 'done', id: 1, data, size: 2, bin, took: 1 });
        await new Promise(next => setTimeout(next));
      };
      this.asked.push({ look, row, room, done });
    });
  }

  /** Answer what is asked next. */
  async answer(look: string): Promise<IRow> {
    for (let tries = 0; !this.asked.length; tries++) {
      if (tries === 400) {
        throw new Error(`Nobody asked for a ${look} slice.`);
      }
      await new Promise(next => setTimeout(next, 5));
    }
    const [one] = this.asked.splice(0, 1);
    expect(one.look).toBe(look);
    await one.done();
    return one.row;
  }
}

function frame(): IFrame {
  const live = {
    angles: [0, 60, 120],
    axis: { column: 550, row: 0, tilt: 0 },
    search: null,
    left: 0,
    columns: 1100,
    rows: 8,
    rotated: 0,
    scale: 1
  };
  return {
    header: {
      id: 1,
      channel: '',
      dtype: 'float32',
      shape: [COUNT, COLUMNS],
      about: { live }
    },
    body: new ArrayBuffer(4 * COUNT * COLUMNS)
  };
}

const wanted = (column: number): IWantedSlice => ({
  base: '/data',
  recipe: { version: 1, regions: { centre: { column } } },
  row: 0,
  columns: COLUMNS
});

describe('Memory of slices that follow the hand', () => {
  const workers = new Workers();
  let slices: LiveSlices;
  let looks: ILiveImage[];
  let whole: ILiveImage[];

  beforeEach(() => {
    looks = [];
    whole = [];
    workers.asked.length = 0;
    const api: Partial<IApiClient> = {
      preview: () => Promise.resolve(frame())
    };
    slices = new LiveSlices({
      api: api as IApiClient,
      workers: workers as unknown as EngineWorkers,
      purpose: 'test',
      look: image => looks.push(image),
      ready: image => whole.push(image),
      failed: error => {
        throw error;
      },
      busy: () => undefined
    });
  });
  afterEach(() => slices.dispose());

  it('is given back with the viewer: row and looks', async () => {
    slices.ask(wanted(550));
    const row = await workers.answer('first');
    await workers.answer('whole');
    expect(whole).toHaveLength(1);
    // The whole slice is painted over the look.
    expect(looks.map(({ data }) => data.length)).toEqual([0]);
    expect(row.sinogram.data).toHaveLength(COUNT * COLUMNS);
    slices.dispose();
    expect(row.sinogram.data).toHaveLength(0);
    // That one is the viewer's.
    expect(whole[0].data).toHaveLength(4);
  });

  it('of all looks of a drag is given back when the hand rests', async () => {
    slices.ask(wanted(550));
    while (!workers.asked.length) {
      await new Promise(next => setTimeout(next, 5));
    }
    for (const column of [551, 552, 553, 554]) {
      // Wanted while one is under way.
      slices.ask(wanted(column));
      await workers.answer('first');
    }
    await workers.answer('first');
    await workers.answer('whole');
    expect(new Set(looks.map(({ data }) => data)).size).toBeGreaterThan(2);
    expect(looks.filter(({ data }) => data.length)).toEqual([]);
  });

  it('stays while the workers are being given the row', async () => {
    slices.ask(wanted(550));
    await workers.answer('first');
    while (!workers.asked.length) {
      await new Promise(next => setTimeout(next, 5));
    }
    slices.dispose();
    const { row } = workers.asked[0];
    expect(row.sinogram.data).toHaveLength(COUNT * COLUMNS);
    await workers.answer('whole');
    expect(row.sinogram.data).toHaveLength(0);
  });

  it('is given back with a row that another one replaces', async () => {
    slices.ask(wanted(550));
    const row = await workers.answer('first');
    await workers.answer('whole');
    slices.ask({ ...wanted(550), row: 1 });
    const next = await workers.answer('first');
    await workers.answer('whole');
    expect(row.sinogram.data).toHaveLength(0);
    expect(next.sinogram.data).toHaveLength(COUNT * COLUMNS);
    slices.forget();
    // The workers have it still, under a name that may stand for other data.
    expect(workers.forgotten).toBe(1);
    expect(next.sinogram.data).toHaveLength(0);
  });

  it('is handed on in a message: only so the browser lets go of what came in one', () => {
    const post = jest.spyOn(MessagePort.prototype, 'postMessage');
    const data = new Float32Array(8);
    const { buffer } = data;
    release(data);
    expect(post).toHaveBeenCalledWith(null, [buffer]);
    expect(buffer.byteLength).toBe(0);
    // Once more, and nothing at all, are no errors.
    release(data);
    release(null);
    expect(post).toHaveBeenCalledTimes(1);
    post.mockRestore();
  });

  it('of a slice that is not shown any more is that of the next one, and given back at rest', async () => {
    const old = new Float32Array(4);
    slices.reuse(old);
    slices.ask(wanted(550));
    await workers.answer('first');
    await workers.answer('whole');
    expect(whole[0].data).toBe(old);
    const other = new Float32Array(4);
    slices.reuse(other);
    expect(other).toHaveLength(4);
    await new Promise(next => setTimeout(next, 1100));
    expect(other).toHaveLength(0);
  });
});
