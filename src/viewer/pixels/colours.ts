/**
 * Colour maps, and the table that takes a level to a colour.
 */
export type MapName =
  'grey' | 'viridis' | 'magma' | 'inferno' | 'cividis' | 'blue-red';
export type ScaleName = 'linear' | 'log' | 'sqrt';

/** How values become colours, apart from the levels. */
export interface ILook {
  readonly map: MapName;
  readonly invert: boolean;
  readonly scale: ScaleName;
}

/** Evenly spaced colours of each map, from low to high. */
const STOPS: Readonly<Record<MapName, readonly number[]>> = {
  grey: [0x000000, 0xffffff],
  viridis: [
    0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779,
    0x6ece58, 0xb5de2b, 0xfde725
  ],
  magma: [
    0x000004, 0x180f3d, 0x440f76, 0x721f81, 0x9e2f7f, 0xcd4071, 0xf1605d,
    0xfd9668, 0xfeca8d, 0xfcfdbf
  ],
  inferno: [
    0x000004, 0x1b0c41, 0x4a0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925,
    0xfb9b06, 0xf7d13d, 0xfcffa4
  ],
  cividis: [
    0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173, 0x8a8678, 0xa59c74,
    0xc3b369, 0xe1cc55, 0xfee838
  ],
  'blue-red': [0x2166ac, 0x92c5de, 0xf7f7f7, 0xf4a582, 0xb2182b]
};

export const MAP_NAMES: readonly MapName[] = [
  'grey',
  'viridis',
  'magma',
  'inferno',
  'cividis',
  'blue-red'
];
export const SCALE_NAMES: readonly ScaleName[] = ['linear', 'log', 'sqrt'];
export const DEFAULT_LOOK: ILook = {
  map: 'grey',
  invert: false,
  scale: 'linear'
};

/** Entries of a colour table: fine enough that steep scales show no steps. */
export const TABLE_SIZE = 4096;

/** The share of three decades that the log scale spreads over the map. */
const DECADES = 1000;

/** Where in the map (0 to 1) a value at `share` (0 to 1) between the levels lies. */
export function scaled(scale: ScaleName, share: number): number {
  switch (scale) {
    case 'linear':
      return share;
    case 'log':
      return Math.log1p(DECADES * share) / Math.log1p(DECADES);
    case 'sqrt':
      return Math.sqrt(share);
  }
}

/** Red, green and blue (0 to 255) of a map at `at` (0 to 1). */
export function colourOf(
  map: MapName,
  at: number
): readonly [number, number, number] {
  const stops = STOPS[map];
  const place = Math.min(Math.max(at, 0), 1) * (stops.length - 1);
  const from = Math.min(Math.floor(place), stops.length - 2);
  const part = place - from;
  const mixed = (shift: number): number => {
    const a = (stops[from] >> shift) & 255;
    const b = (stops[from + 1] >> shift) & 255;
    return Math.round(a + (b - a) * part);
  };
  return [mixed(16), mixed(8), mixed(0)];
}

/** Colours at TABLE_SIZE levels from low to high, as little-endian RGBA. */
export function colourTable(look: ILook): Uint32Array {
  const table = new Uint32Array(TABLE_SIZE);
  for (let i = 0; i < TABLE_SIZE; i++) {
    const at = scaled(look.scale, i / (TABLE_SIZE - 1));
    const [r, g, b] = colourOf(look.map, look.invert ? 1 - at : at);
    table[i] = rgba(r, g, b);
  }
  return table;
}

/** A colour as the four bytes of a canvas in one little-endian number. */
export function rgba(r: number, g: number, b: number): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Plotly's colour scale for a look: stops of [share between the levels, CSS colour]. */
export function colourScale(look: ILook): [number, string][] {
  const steps = 64;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = scaled(look.scale, i / steps);
    const [r, g, b] = colourOf(look.map, look.invert ? 1 - at : at);
    return [i / steps, `rgb(${r},${g},${b})`];
  });
}
