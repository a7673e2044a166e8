/**
 * Small parts of the viewers' bars.
 */

/** A button with a text; `press` is called on a click. */
export function button(
  text: string,
  title: string,
  press: () => void
): HTMLButtonElement {
  const node = document.createElement('button');
  node.type = 'button';
  node.className = 'jp-tomo-viewer-button';
  node.textContent = text;
  node.title = title;
  node.addEventListener('click', press);
  return node;
}

/** A drop-down list of [value, text]. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  choose: (value: T) => void
): HTMLSelectElement {
  const node = document.createElement('select');
  node.className = 'jp-tomo-viewer-choice';
  node.title = label;
  node.setAttribute('aria-label', label);
  for (const [value, text] of options) {
    node.add(new Option(text, value));
  }
  node.addEventListener('change', () => {
    const chosen = options[node.selectedIndex];
    choose(chosen[0]);
  });
  return node;
}

/** An element with a class and text. */
export function element(
  tag: keyof HTMLElementTagNameMap,
  className: string,
  text: string = ''
): HTMLElement {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** Where the keys go when a control lets go of them: the part of the page that it is a part of. */
export function homeOf(node: HTMLElement): HTMLElement | null {
  return node.parentElement?.closest<HTMLElement>('[tabindex]') ?? null;
}

/** Show a control, or hide it: then it does not take the focus away with it. */
export function setHidden(node: HTMLElement, hidden: boolean): void {
  if (node.hidden === hidden) {
    // Styles are found anew for an attribute that is set, though it be the same.
    return;
  }
  const focused = hidden && node.contains(document.activeElement);
  node.hidden = hidden;
  if (focused) {
    homeOf(node)?.focus();
  }
}

/** Whether a button that stays down is down. */
export function setPressed(node: HTMLElement, on: boolean): void {
  const pressed = String(on);
  if (node.getAttribute('aria-pressed') !== pressed) {
    node.setAttribute('aria-pressed', pressed);
  }
}

/** One of a few, side by side. */
export interface ISegments<T extends string> {
  readonly node: HTMLElement;
  set(value: T): void;
}

/** Buttons of which one is pressed. */
export function segments<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  choose: (value: T) => void
): ISegments<T> {
  const node = element('div', 'jp-tomo-viewer-segments');
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', label);
  const buttons = options.map(([value, text]) => {
    const one = button(text, '', () => choose(value));
    one.removeAttribute('title');
    node.appendChild(one);
    return one;
  });
  return {
    node,
    set: value =>
      buttons.forEach((one, i) => setPressed(one, options[i][0] === value))
  };
}
