/**
 * A comparison for tests: the viewer that it lies over, and what A can be. The
 * files that use it mock what only a page has.
 */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { ContrastModel } from '../../contrast';
import type { IImage } from '../../pixels/image';
import { Standing } from '../../standing';
import { CompareView } from '../compare-view';
import type { IComparable, ICompareSource } from '../source';
import type { ISubject } from '../subject';

export const image = (value: number): IImage => ({
  data: new Float32Array(16).fill(value),
  rows: 4,
  columns: 4,
  about: {}
});

export const source = (id: string, value: number): ICompareSource => ({
  id,
  label: id,
  image: () => Promise.resolve(image(value))
});

export const SUBJECT: ISubject = {
  kind: 'slice',
  row: 48,
  frame: null,
  unit: '1/cm',
  pixel: 100,
  middle: 'scan'
};

export const settle = (): Promise<void> =>
  new Promise(done => setTimeout(done));

interface IFakePanel extends IComparable {
  image: IImage | null;
  subject: ISubject;
  readonly shown: Signal<unknown, IImage>;
  readonly standing: Standing;
}

let opened: CompareView;
let levels: ContrastModel;
let stands: Standing;
let below: IFakePanel;
let offered: readonly ICompareSource[];

export const view = (): CompareView => opened;
export const contrast = (): ContrastModel => levels;
/** How B stands. */
export const standing = (): Standing => stands;
/** The viewer that B is of. */
export const panel = (): IFakePanel => below;
/** What B is computed with was stopped. */
export const cancel = jest.fn();

/** What A can be from now on. */
export function offer(...sources: ICompareSource[]): void {
  offered = sources;
}

export function open(...sources: ICompareSource[]): void {
  offer(...sources);
  below = Object.assign(new Widget(), {
    image: image(1),
    subject: SUBJECT,
    shown: new Signal<unknown, IImage>({}),
    standing: stands
  });
  opened = new CompareView({
    panel: below,
    contrast: levels,
    themes: null,
    trans: nullTranslator.load('jupyterlab_tomo'),
    sources: () => offered,
    unit: () => 'per cm',
    cancel
  });
}

export const said = (): string | null | undefined =>
  opened.node.querySelector('.jp-tomo-compare-say')?.textContent;

export const sides = (): string[] =>
  [
    ...(opened.node.querySelector('.jp-tomo-compare-sides')?.children ?? [])
  ].map(({ textContent }) => textContent ?? '');

export const listed = (): unknown[] =>
  [...(opened.node.querySelector('select')?.options ?? [])].map(
    ({ text, disabled }) => [text, disabled]
  );

/** B is another image from now on. */
export function show(b: IImage): void {
  below.image = b;
  below.shown.emit(b);
}

/** B is computed anew and comes, as in a viewer. */
export function renew(value: number): void {
  stands.outdate(true);
  show(image(value));
  stands.settle();
}

/** Each test of the file has a comparison of its own. */
export function useComparisons(): void {
  beforeEach(() => {
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    levels = new ContrastModel();
    stands = new Standing();
  });
  afterEach(() => {
    opened.dispose();
    levels.dispose();
    stands.dispose();
    jest.restoreAllMocks();
  });
}
