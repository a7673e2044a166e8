import { HoldKey } from '../live/hold-key';

const showBefore = jest.fn(() => true);
let key: HoldKey;

const put = (html: string): HTMLElement => {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
};
const press = (type: string, on: EventTarget, also = {}): boolean =>
  on.dispatchEvent(
    new KeyboardEvent(type, {
      key: ' ',
      bubbles: true,
      cancelable: true,
      ...also
    })
  );

beforeEach(() => {
  showBefore.mockClear();
  key = new HoldKey(() => ({ showBefore }));
});
afterEach(() => key.dispose());

it('shows what was before while space is held in a slider of the panel', () => {
  const slider = put('<input type="range" class="jp-TomoSlider">');
  expect(press('keydown', slider)).toBe(false);
  press('keydown', slider, { repeat: true });
  expect(showBefore.mock.calls).toEqual([[true]]);
  press('keyup', slider);
  expect(showBefore.mock.calls).toEqual([[true], [false]]);
});

it('does so in a number that steps, and types a blank into any other field', () => {
  const field = put('<input class="jp-TomoField jp-mod-steps">');
  expect(press('keydown', field)).toBe(false);
  press('keyup', field);
  expect(showBefore.mock.calls).toEqual([[true], [false]]);
  for (const other of ['jp-TomoField', 'jp-TomoField jp-mod-wide']) {
    expect(press('keydown', put(`<input class="${other}">`))).toBe(true);
  }
  expect(showBefore.mock.calls).toHaveLength(2);
});

it('lets go when the keys go elsewhere, and leaves space to all others', () => {
  const slider = put('<input type="range" class="jp-TomoSlider">');
  press('keydown', slider);
  slider.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
  expect(showBefore.mock.calls).toEqual([[true], [false]]);
  press('keydown', slider, { ctrlKey: true });
  const button = put('<button>Find</button>');
  expect(press('keydown', button)).toBe(true);
  key.dispose();
  press('keydown', put('<input type="range" class="jp-TomoSlider">'));
  expect(showBefore.mock.calls).toHaveLength(2);
});
