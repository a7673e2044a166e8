import {
  boxed,
  fitted,
  magnification,
  panned,
  resized,
  ticks,
  zoomed
} from '../pixels/view';

const image = { width: 800, height: 400 };
const plot = { width: 400, height: 400 };
const whole = { left: -0.5, right: 799.5, top: -200.5, bottom: 599.5 };

describe('the view of an image', () => {
  it('fits the whole image in the middle', () => {
    expect(fitted(image, plot)).toEqual(whole);
    expect(magnification(whole, plot)).toBe(0.5);
  });

  it('zooms about a point', () => {
    const near = zoomed(whole, 99.5, 99.5, 2, image, plot);
    expect(near).toEqual({
      left: 49.5,
      right: 449.5,
      top: -50.5,
      bottom: 349.5
    });
  });

  it('stops at four pixels across and at a quarter of the fit', () => {
    const near = zoomed(whole, 10, 10, 1e9, image, plot);
    expect(near.right - near.left).toBeCloseTo(4, 6);
    const far = zoomed(whole, 10, 10, 1e-9, image, plot);
    expect(far.right - far.left).toBeCloseTo(3200, 6);
  });

  it('keeps some of the image in the view', () => {
    expect(panned(whole, 10, 20, image)).toEqual({
      left: 9.5,
      right: 809.5,
      top: -180.5,
      bottom: 619.5
    });
    expect(panned(whole, 1e6, 0, image).left).toBe(798.5);
    expect(panned(whole, -1e6, 0, image).right).toBe(0.5);
  });

  it('grows a box to the shape of the plot', () => {
    const box = { left: 100, right: 200, top: 100, bottom: 120 };
    expect(boxed(box, image, plot)).toEqual({
      left: 100,
      right: 200,
      top: 60,
      bottom: 160
    });
  });

  it('keeps middle and magnification when the plot changes', () => {
    const view = { left: 0, right: 100, top: 0, bottom: 100 };
    expect(resized(view, plot, { width: 800, height: 200 })).toEqual({
      left: -50,
      right: 150,
      top: 25,
      bottom: 75
    });
  });

  it('marks round places of the image only', () => {
    expect(ticks(-200.5, 599.5, 400, 5)).toEqual([0, 100, 200, 300]);
    expect(ticks(-0.5, 834.5, 835, 5)).toEqual([0, 500]);
    expect(ticks(10.2, 14.1, 835, 5)).toEqual([11, 12, 13, 14]);
    expect(ticks(-50, -10, 835, 5)).toEqual([]);
    // A part of the image from column 130 on: 200, 400 and 600 of the whole.
    expect(ticks(-0.5, 549.5, 550, 4, 130)).toEqual([70, 270, 470]);
  });
});
