/**
 * A pointer that was pressed on a part of the page is followed until it is let
 * go, wherever it is then.
 *
 * @param press the `pointerdown` on the node
 * @param move called for each of its moves, and where it is let go
 * @param end called once it is let go, or taken away by the system
 */
export function followPointer(
  node: HTMLElement,
  press: PointerEvent,
  move: (event: PointerEvent) => void,
  end: () => void = () => undefined
): void {
  const over = new AbortController();
  const { signal } = over;
  const finish = (): void => {
    over.abort();
    end();
  };
  node.setPointerCapture(press.pointerId);
  node.addEventListener('pointermove', move, { signal });
  node.addEventListener(
    'pointerup',
    event => {
      move(event);
      finish();
    },
    { signal }
  );
  // Where it was taken away means nothing.
  node.addEventListener('pointercancel', finish, { signal });
}
