import { BoxPanel, Panel, SplitPanel, Widget } from '@lumino/widgets';

import { COMFORTABLE, widen, widened } from '../width';

describe('the width of the panel', () => {
  it('grows at the cost of the widest', () => {
    expect(widened([0.15, 0.7, 0.15], 2, 0.2)).toEqual([
      0.15,
      expect.closeTo(0.65, 9),
      0.2
    ]);
  });

  it('stays where there is enough, or nobody to give', () => {
    expect(widened([0.15, 0.6, 0.25], 2, 0.2)).toEqual([0.15, 0.6, 0.25]);
    expect(widened([0.2, 0.8], 1, 0.9)).toEqual([0.2, 0.8]);
  });

  it('is that of the side area that holds the panel', () => {
    const split = new SplitPanel({ orientation: 'horizontal' });
    const side = new Panel();
    const panel = new Widget();
    side.addWidget(panel);
    split.addWidget(new BoxPanel());
    split.addWidget(side);
    Object.defineProperty(split.node, 'clientWidth', { value: 1700 });
    split.setRelativeSizes([0.9, 0.1]);
    widen(panel);
    expect(split.relativeSizes()[1] * 1700).toBeCloseTo(COMFORTABLE, 3);
    split.dispose();
  });
});
