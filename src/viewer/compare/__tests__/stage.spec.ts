import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import type { ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { sized } from '../../__tests__/fakes';
import { ContrastModel } from '../../contrast';
import { ImageView } from '../../pixels/image-view';
import type { IImage } from '../../pixels/image';
import { PixelLayer } from '../../pixels/pixel-layer';
import { DifferenceView } from '../difference-view';
import type { ILine } from '../measure';
import { CompareStage } from '../stage';
import { image } from './comparisons';

jest.mock('../../plotly', () => ({
  ...jest.requireActual<object>('../../plotly'),
  loadPlotly: () => new Promise(() => undefined)
}));

const trans = nullTranslator.load('jupyterlab_tomo');
const emitter = <T>(signal: ISignal<ImageView, T>) =>
  signal as Signal<ImageView, T>;

const square = (size: number): IImage => ({
  data: new Float32Array(size * size),
  rows: size,
  columns: size,
  about: {}
});

describe('The stage of a comparison', () => {
  let contrast: ContrastModel;
  let difference: DifferenceView;
  let stage: CompareStage;
  let views: ImageView[];

  beforeEach(() => {
    jest.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    contrast = new ContrastModel();
    difference = new DifferenceView(null, trans);
    stage = new CompareStage({
      contrast,
      difference,
      themes: null,
      trans,
      cancel: () => undefined
    });
    const isView = (each: Widget): each is ImageView =>
      each instanceof ImageView;
    views = [...stage.children()].filter(isView);
    stage.setWay('swipe');
    stage.setA(image(1));
    stage.setB(image(2), '');
  });
  afterEach(() => {
    stage.dispose();
    difference.dispose();
    difference.levels.dispose();
    contrast.dispose();
    jest.restoreAllMocks();
  });

  it('shows one part of all images, and one line over them', () => {
    const same = jest.spyOn(ImageView.prototype, 'showSame');
    const overlays = jest.spyOn(ImageView.prototype, 'setOverlays');
    const [a, b, c] = views;
    same.mockClear();
    emitter(b.viewChanged).emit();
    expect(same.mock.calls).toEqual([[b], [b]]);
    expect(same.mock.contexts).toEqual([a, c]);
    const line: ILine = { from: { x: 0, y: 1 }, to: { x: 3, y: 1 } };
    stage.setLine(line);
    expect(overlays.mock.calls).toEqual(
      views.map(() => [[{ id: 'profile', ...line }]])
    );
    const moved: ILine[] = [];
    stage.lineMoved.connect((_, to) => moved.push(to));
    emitter(c.moved).emit({ id: 'profile', ...line });
    emitter(c.moved).emit({ id: 'row', row: 2 });
    expect(moved).toEqual([{ id: 'profile', ...line }]);
  });

  it('keeps zoom and place where images have another size about their middle, and where there is none for a while', () => {
    const unsize = sized();
    /** Where the middle of an image is in its view, and how wide that is. */
    const seen = (view: ImageView, size: number): number[] => {
      place.mockClear();
      view.setOverlays([{ id: 'row', row: ++row }]);
      const { left, right } = place.mock.lastCall![0];
      return [left - (size - 1) / 2, right - left].map(each =>
        Number(each.toFixed(9))
      );
    };
    let row = 0;
    const place = jest.spyOn(PixelLayer.prototype, 'place');
    const [a, b, c] = views;
    for (const view of [a, b]) {
      MessageLoop.sendMessage(view, Widget.ResizeMessage.UnknownSize);
    }
    stage.setB(square(40), '', 'axis');
    stage.setA(square(40), '', 'axis');
    b.zoomBy(3);
    const near = seen(b, 40);
    expect(seen(a, 40)).toEqual(near);
    stage.setB(square(44), '', 'axis');
    stage.setA(null);
    b.zoomBy(1.25);
    const nearer = seen(b, 44);
    stage.setA(square(44), '', 'axis');
    expect(seen(b, 44)).toEqual(nearer);
    expect(seen(a, 44)).toEqual(nearer);
    // The difference had neither an image nor room until now.
    difference.show(square(44), '', 'axis');
    MessageLoop.sendMessage(c, Widget.ResizeMessage.UnknownSize);
    expect(seen(c, 44)).toEqual(nearer);
    expect(seen(b, 44)).toEqual(nearer);
    unsize();
  });

  it('tells the pixel under the pointer of A and B, not of their difference', () => {
    const told: unknown[] = [];
    stage.hovered.connect((_, hover) => told.push(hover?.value));
    views.forEach(({ hovered }, value) =>
      emitter(hovered).emit({ x: 0, y: 0, value })
    );
    expect(told).toEqual([0, 1]);
  });

  it('has levels by keys, of what is seen', () => {
    const asked: string[] = [];
    contrast.autoAsked.connect(() => asked.push('images'));
    difference.contrast.autoAsked.connect(() => asked.push('difference'));
    const inverted = (): boolean[] =>
      [contrast, difference.contrast].map(({ look }) => look.invert);
    expect(['a', 'I', 'x'].map(key => stage.act(key))).toEqual([
      true,
      true,
      false
    ]);
    expect([asked, inverted()]).toEqual([['images'], [true, false]]);
    stage.setWay('difference');
    stage.act('A');
    stage.act('i');
    expect([asked, inverted()]).toEqual([
      ['images', 'difference'],
      [true, true]
    ]);
  });

  it('has room for what is said of B, wherever the divider is', () => {
    const left = (): string =>
      stage.node.querySelector<HTMLElement>('.jp-tomo-compare-card')!.style
        .left;
    const divider = stage.node.querySelector('[role=slider]')!;
    const move = (key: string): boolean =>
      divider.dispatchEvent(new KeyboardEvent('keydown', { key }));
    expect(left()).toBe('50%');
    move('ArrowRight');
    expect(left()).toBe('50%');
    move('ArrowLeft');
    move('ArrowLeft');
    expect(left()).toBe('48%');
    stage.setWay('difference');
    expect(left()).toBe('0%');
  });
});
