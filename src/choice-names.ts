/**
 * What the values of a choice are called where people read them; recipes keep
 * the values, as tools and notebooks spell them.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

type Names = Readonly<Record<string, (trans: TranslationBundle) => string>>;

const NAMES: Names = {
  // Which values, and of which kind.
  bright: trans => trans.__('Bright'),
  dark: trans => trans.__('Dark'),
  both: trans => trans.__('Both'),
  mean: trans => trans.__('Mean'),
  median: trans => trans.__('Median'),
  none: trans => trans.__('None'),
  zero: trans => trans.__('Zero'),
  taper: trans => trans.__('Tapered to zero'),
  // Windows on the ramp.
  ramp: trans => trans.__('Ramp'),
  'ram-lak': trans => trans.__('Ram-Lak'),
  ramlak: trans => trans.__('Ram-Lak'),
  shepp: trans => trans.__('Shepp-Logan'),
  'shepp-logan': trans => trans.__('Shepp-Logan'),
  cosine: trans => trans.__('Cosine'),
  hamming: trans => trans.__('Hamming'),
  hann: trans => trans.__('Hann'),
  tukey: trans => trans.__('Tukey'),
  lanczos: trans => trans.__('Lanczos'),
  triangular: trans => trans.__('Triangular'),
  gaussian: trans => trans.__('Gaussian'),
  'barlett-hann': trans => trans.__('Bartlett-Hann'),
  blackman: trans => trans.__('Blackman'),
  nuttall: trans => trans.__('Nuttall'),
  'blackman-harris': trans => trans.__('Blackman-Harris'),
  'blackman-nuttall': trans => trans.__('Blackman-Nuttall'),
  'flat-top': trans => trans.__('Flat top'),
  parzen: trans => trans.__('Parzen'),
  butterworth: trans => trans.__('Butterworth'),
  // Wavelets.
  haar: trans => trans.__('Haar'),
  // How rays meet pixels, and where iterations start.
  linear: trans => trans.__('Linear'),
  line: trans => trans.__('Line'),
  strip: trans => trans.__('Strip'),
  fbp: trans => trans.__('Filtered back-projection'),
  gridrec: trans => trans.__('Gridrec'),
  spread: trans => trans.__('Far apart'),
  sequential: trans => trans.__('One after the other'),
  // Stripe removers of TomoPy.
  fw: trans => trans.__('Fourier-wavelet (fw)'),
  ti: trans => trans.__('Titarenko (ti)'),
  sf: trans => trans.__('Smoothing filter (sf)'),
  sorting: trans => trans.__('Sorting'),
  filtering: trans => trans.__('Filtering'),
  fitting: trans => trans.__('Fitting'),
  interpolation: trans => trans.__('Interpolation'),
  large: trans => trans.__('Large stripes'),
  dead: trans => trans.__('Dead stripes'),
  all: trans => trans.__('All kinds'),
  // Files.
  tiff: trans => trans.__('TIFF'),
  hdf5: trans => trans.__('HDF5'),
  nxtomo: trans => trans.__('NXtomo'),
  // Where a cluster computes previews.
  login: trans => trans.__('On the log-in host'),
  srun: trans => trans.__('On a node (srun)')
};

const WAVELET = /^(db|sym|coif)(\d+)$/;

/** A value as a choice shows it; one that nobody here knows as it is. */
export function choiceName(value: unknown, trans: TranslationBundle): string {
  const text = String(value);
  const [, family, number] = WAVELET.exec(text) ?? [];
  switch (family) {
    case 'db':
      return trans.__('Daubechies %1', number);
    case 'sym':
      return trans.__('Symlet %1', number);
    case 'coif':
      return trans.__('Coiflet %1', number);
    default:
      return Object.hasOwn(NAMES, text) ? NAMES[text](trans) : text;
  }
}
