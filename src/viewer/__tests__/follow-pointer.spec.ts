import { followPointer } from '../follow-pointer';

const pointer = (type: string, clientX: number): PointerEvent =>
  new MouseEvent(type, { clientX }) as PointerEvent;

it.each([
  ['pointerup', ['10', '12', 'end']],
  // Where a pointer was taken away is not where it was let go.
  ['pointercancel', ['10', 'end']]
])('follows a pointer until its %s, once', (last, told) => {
  const node = document.createElement('div');
  const captured = jest.fn();
  node.setPointerCapture = captured;
  const seen: string[] = [];
  followPointer(
    node,
    pointer('pointerdown', 5),
    ({ clientX }) => seen.push(String(clientX)),
    () => seen.push('end')
  );
  expect(captured).toHaveBeenCalledTimes(1);
  for (const [type, x] of [
    ['pointermove', 10],
    [last, 12],
    ['pointermove', 20],
    ['pointerup', 30]
  ] as const) {
    node.dispatchEvent(pointer(type, x));
  }
  expect(seen).toEqual(told);
});
