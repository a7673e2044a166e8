import { CentreSearch } from '../search';

const KNOWN = { column: 100, row: 0, tilt: 0 };

describe('The search for an axis by eye', () => {
  let search: CentreSearch;
  beforeEach(() => {
    search = new CentreSearch();
    search.begin(50, 100, '2');
  });

  it('looks at nine axes, and closer together after each choice', () => {
    expect(search.columns).toEqual([92, 94, 96, 98, 100, 102, 104, 106, 108]);
    search.pick(5);
    expect(search.points).toEqual([{ row: 50, column: 102 }]);
    expect([search.columns[0], search.columns[8]]).toEqual([98, 106]);
    for (let finer = 0; finer < 8; finer++) {
      search.pick(4);
    }
    expect(search.step).toBe('0.05');
    expect(search.points).toEqual([{ row: 50, column: 102 }]);
  });

  it('goes on at another row from where the line is, with coarse steps', () => {
    search.visit(20, KNOWN);
    expect([search.row, search.column, search.step]).toEqual([20, 100, '2']);
    search.pick(4);
    search.visit(80, KNOWN);
    search.pick(5);
    expect(search.points).toEqual([
      { row: 20, column: 100 },
      { row: 80, column: 102 }
    ]);
    // Half way: on the line, not where the recipe has the axis.
    search.visit(50, KNOWN);
    expect(search.column).toBe(101);
    expect(search.step).toBe('2');
    // A row that has a point is looked at where that is, as finely as before.
    search.step = '0.1';
    search.visit(80, KNOWN);
    expect([search.column, search.step]).toEqual([102, '0.1']);
  });

  it('has what is shown on its line before it is a point', () => {
    expect(search.fit).toBeNull();
    expect(search.axis).toMatchObject({ column: 100, tilt: 0 });
    search.mark();
    search.visit(60, KNOWN);
    search.column += 1;
    expect(search.fit).toMatchObject({ column: 100, tilt: 0 });
    expect(search.axis.tilt).toBeCloseTo(5.711, 2);
    search.mark();
    expect(search.fit?.tilt).toBeCloseTo(5.711, 2);
  });

  it('follows the points that are edited', () => {
    search.mark();
    search.set([{ row: 50, column: 97.25 }]);
    expect(search.column).toBe(97.25);
    search.set([]);
    expect(search.column).toBe(97.25);
    expect(search.fit).toBeNull();
  });
});
