/**
 * Which rows are selected, as lists of files do it. Pure.
 */
export interface ISelection {
  readonly keys: ReadonlySet<string>;
  /** Where the keyboard is. */
  readonly focus: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const EMPTY: ISelection = {
  keys: new Set(),
  focus: null,
  anchor: null
};

export interface IModifiers {
  readonly shift: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly toggle: boolean;
}

/** After a click on a row. */
export function clicked(
  selection: ISelection,
  order: readonly string[],
  key: string,
  { shift, toggle }: IModifiers
): ISelection {
  if (shift) {
    const anchor = selection.anchor ?? key;
    const range = between(order, anchor, key);
    return {
      keys: new Set(toggle ? [...selection.keys, ...range] : range),
      focus: key,
      anchor
    };
  }
  if (toggle) {
    const keys = new Set(selection.keys);
    if (!keys.delete(key)) {
      keys.add(key);
    }
    return { keys, focus: key, anchor: key };
  }
  return { keys: new Set([key]), focus: key, anchor: key };
}

/** After a key was pressed on a row; null when the key means nothing here. */
export function pressed(
  selection: ISelection,
  order: readonly string[],
  key: string,
  { shift, toggle }: IModifiers
): ISelection | null {
  const at = selection.focus === null ? -1 : order.indexOf(selection.focus);
  const target = (): string | undefined => {
    switch (key) {
      case 'ArrowDown':
        return order[Math.min(order.length - 1, at + 1)];
      case 'ArrowUp':
        return order[Math.max(0, at - 1)];
      case 'Home':
        return order[0];
      case 'End':
        return order[order.length - 1];
      default:
        return undefined;
    }
  };
  if (key === 'a' && toggle) {
    return { ...selection, keys: new Set(order) };
  }
  if (key === 'Escape' && selection.keys.size > 0) {
    return { ...selection, keys: new Set() };
  }
  if (key === ' ' && selection.focus !== null) {
    return clicked(selection, order, selection.focus, {
      shift,
      toggle: !shift
    });
  }
  const next = target();
  if (next === undefined) {
    return null;
  }
  // Ctrl moves the focus alone.
  return toggle && !shift
    ? { ...selection, focus: next }
    : clicked(selection, order, next, { shift, toggle: false });
}

/** Without rows that are gone. */
export function kept(
  selection: ISelection,
  order: readonly string[]
): ISelection {
  const there = new Set(order);
  const still = (key: string | null): string | null =>
    key !== null && there.has(key) ? key : null;
  return {
    keys: new Set([...selection.keys].filter(key => there.has(key))),
    focus: still(selection.focus),
    anchor: still(selection.anchor)
  };
}

function between(
  order: readonly string[],
  from: string,
  to: string
): readonly string[] {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  return a < 0 || b < 0
    ? [to]
    : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}
