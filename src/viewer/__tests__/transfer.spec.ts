import type { IFrame } from '../../api';
import { fetchImage, images, Links, links } from '../frames';
import type { ISent } from '../frames';
import { enlarged, imageOf } from '../pixels/image';
import type { IImage } from '../pixels/image';

/** A frame as the agent would send an image of ramps. */
function frame(
  rows: number,
  columns: number,
  { bin = 1, encoding = 'float32' }: ISent,
  transfer?: IFrame['transfer']
): IFrame {
  const [height, width] = [Math.ceil(rows / bin), Math.ceil(columns / bin)];
  const values = Float32Array.from(
    { length: height * width },
    (_, i) => Math.sin(i) * 3 + 1
  );
  const header = {
    id: 1,
    channel: 'c',
    shape: [height, width],
    ...(bin > 1 && { bin, whole: [rows, columns] })
  };
  if (encoding === 'float32') {
    return {
      header: { ...header, dtype: 'float32' },
      body: values.buffer,
      transfer
    };
  }
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const slope = (high - low) / 65535;
  const stored = Uint16Array.from(values, value =>
    Math.round((value - low) / slope)
  );
  return {
    header: {
      ...header,
      dtype: 'uint16',
      encoding: 'linear',
      slope,
      offset: low
    },
    body: stored.buffer,
    transfer
  };
}

describe('16 bits', () => {
  it('are off by less than a 65535th of the range, and said', () => {
    const exact = imageOf(frame(40, 50, {}));
    const short = imageOf(frame(40, 50, { encoding: 'uint16' }));
    const range = Math.max(...exact.data) - Math.min(...exact.data);
    const off = exact.data.map((value, i) => Math.abs(value - short.data[i]));
    expect(Math.max(...off)).toBeGreaterThan(0);
    expect(Math.max(...off)).toBeLessThanOrEqual(range / 65535);
    expect([exact.sent, short.sent]).toEqual([undefined, 'uint16']);
  });

  it('lie where the whole image will lie when they are coarse', () => {
    const coarse = imageOf(frame(5, 7, { bin: 3, encoding: 'uint16' }));
    const large = enlarged(coarse);
    expect([large.rows, large.columns, large.bin]).toEqual([5, 7, 3]);
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 7; x++) {
        expect(large.data[y * 7 + x]).toBe(
          coarse.data[Math.floor(y / 3) * 3 + Math.floor(x / 3)]
        );
      }
    }
  });
});

describe('a link', () => {
  it('is slow below 20 MB/s, and before anything is known of a cluster', () => {
    const own = new Links();
    expect([own.isSlow(''), own.isSlow('scarf')]).toEqual([false, true]);
    // 2 MB: nothing is known of this server, of a cluster 10 Mbit/s are taken.
    expect([own.seconds('', 2e6), own.seconds('scarf', 2e6)]).toEqual([0, 1.6]);
    own.observe('scarf', { bytes: 4e6, seconds: 0.04 });
    expect(own.rate('scarf')).toBeCloseTo(1e8);
    expect(own.isSlow('scarf')).toBe(false);
    own.observe('scarf', { bytes: 1e6, seconds: 1 });
    own.observe('scarf', { bytes: 1e6, seconds: 1 });
    own.observe('scarf', { bytes: 1e6, seconds: 1 });
    expect(own.isSlow('scarf')).toBe(true);
    own.observe('', { bytes: 1e6, seconds: 1 });
    expect(own.isSlow('')).toBe(true);
  });

  it('is not judged by small transfers', () => {
    const own = new Links();
    own.observe('scarf', { bytes: 2000, seconds: 1e-4 });
    expect(own.isSlow('scarf')).toBe(true);
  });

  it('is not judged by a moment in which the page was busy', () => {
    const own = new Links();
    own.observe('', { bytes: 131_072, seconds: 0.05 });
    expect(own.isSlow('')).toBe(false);
    own.observe('', { bytes: 131_072, seconds: 0.2 });
    expect(own.isSlow('')).toBe(true);
  });

  it('carries a first look within 0.3 s', () => {
    const own = new Links();
    for (const side of [300, 1024, 2048, 4096]) {
      const bin = own.coarseness('scarf', side * side);
      const bytes = 2 * Math.ceil(side / bin) ** 2;
      expect(bytes / 1.25e6).toBeLessThanOrEqual(0.301);
    }
    expect(own.coarseness('scarf', 300 * 300)).toBe(1);
    expect(own.coarseness('scarf', 2048 * 2048)).toBe(5);
    own.observe('scarf', { bytes: 1e7, seconds: 0.1 });
    expect(own.coarseness('scarf', 4096 * 4096)).toBe(1);
  });
});

describe('an image', () => {
  let count = 0;
  const setup = (rate: number, exact = false) => {
    const resource = `cluster ${++count}`;
    const asked: ISent[] = [];
    const looks: IImage[] = [];
    const abort = new AbortController();
    const image = fetchImage(
      {
        key: resource,
        resource,
        pixels: 1200 * 1200,
        exact,
        ask: sent => {
          asked.push(sent);
          const made = frame(1200, 1200, sent);
          const bytes = made.body.byteLength;
          return Promise.resolve({
            ...made,
            transfer: { bytes, seconds: bytes / rate }
          });
        }
      },
      abort.signal,
      look => looks.push(look)
    );
    return { resource, asked, looks, abort, image };
  };

  it('comes coarse and then in 16 bits over a slow link', async () => {
    const { asked, looks, image, resource } = setup(1.25e6);
    expect((await image).sent).toBe('uint16');
    expect(asked).toEqual([
      { bin: 3, encoding: 'uint16' },
      { encoding: 'uint16' }
    ]);
    expect(looks).toHaveLength(1);
    expect([looks[0].rows, looks[0].columns]).toEqual([1200, 1200]);
    expect(images.get(resource)?.bin).toBeUndefined();
    expect(links.isSlow(resource)).toBe(true);
  });

  it('comes whole as soon as the link proves fast', async () => {
    const { asked, image } = setup(2e8);
    expect((await image).sent).toBeUndefined();
    expect(asked).toEqual([{ bin: 3, encoding: 'uint16' }, {}]);
  });

  it('comes with all digits on demand', async () => {
    const { asked, looks, image } = setup(1.25e6, true);
    expect((await image).sent).toBeUndefined();
    expect(asked).toEqual([{}]);
    expect(looks).toEqual([]);
  });

  it('is not sent whole while the hand moves on', async () => {
    const { asked, looks, image, abort } = setup(1.25e6);
    setTimeout(() => abort.abort(), 50);
    await expect(image).rejects.toMatchObject({ name: 'AbortError' });
    expect(looks).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });
});
