import { certainChanges } from '../proposal';
import { DESCRIPTION } from './fakes';

const proposed = {
  dataset: {
    path: 'x',
    rotate: 90,
    flip: true,
    angles: { first: 0, last: 360, endpoint: true }
  },
  regions: { centre: { column: 4 } }
};

describe('certainChanges', () => {
  it('takes what the recipe lacks, and neither angles that are guessed nor regions', () => {
    const changes = certainChanges(
      { ...DESCRIPTION, proposed },
      { version: 1, dataset: { path: 'ct', flip: false } }
    );
    expect(changes).toEqual([{ path: ['dataset', 'rotate'], value: 90 }]);
  });

  it.each(['file', 'file names'] as const)(
    'takes angles that stand in the %s',
    source => {
      const angles = { ...DESCRIPTION.angles, source };
      const changes = certainChanges(
        { ...DESCRIPTION, angles, proposed },
        { version: 1 }
      );
      expect(changes.map(change => change.path[1])).toEqual([
        'rotate',
        'flip',
        'angles'
      ]);
    }
  );

  it('takes nothing when nothing is proposed', () => {
    expect(
      certainChanges({ ...DESCRIPTION, proposed: {} }, { version: 1 })
    ).toEqual([]);
  });
});
