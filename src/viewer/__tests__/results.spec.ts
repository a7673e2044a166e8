import { firstRow } from '../results/result-viewer';

describe('the row that a result begins with', () => {
  it('is the one that its recipe shows', () => {
    expect(firstRow(30, [0, 128])).toBe(30);
    expect(firstRow(127, [0, 128])).toBe(127);
  });

  it('is the middle when that row is not there', () => {
    expect(firstRow(null, [0, 128])).toBe(64);
    expect(firstRow(128, [0, 128])).toBe(64);
    expect(firstRow(5, [10, 41])).toBe(25);
  });
});
