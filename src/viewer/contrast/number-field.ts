/**
 * A number that is typed: Enter commits, Escape cancels.
 */
import { homeOf } from '../dom';
import { short, typed } from '../format';

export interface INumberField {
  readonly node: HTMLInputElement;
  /** Show a value, unless the user is just typing another. */
  set(value: number): void;
}

/** Which numbers a field takes. */
export interface INumberRule {
  /** Whether a number, or null: a text that is none, is not allowed; then it says so. */
  refuses(value: number | null): boolean;
  /** The field shows what holds: nothing is refused any more. */
  settled(): void;
}

/**
 * @param commit takes a new value; called for numbers only
 * @param digits significant digits that are shown
 * @param rule left out: it takes every number
 */
export function numberField(
  label: string,
  commit: (value: number) => void,
  digits: number = 5,
  rule?: INumberRule
): INumberField {
  const node = document.createElement('input');
  node.type = 'text';
  node.inputMode = 'decimal';
  node.spellcheck = false;
  node.className = 'jp-tomo-viewer-number';
  node.title = label;
  node.setAttribute('aria-label', label);
  let shown = NaN;
  let dirty = false;
  const show = (): void => {
    dirty = false;
    node.value = short(shown, digits);
    node.removeAttribute('aria-invalid');
    rule?.settled();
  };
  const take = (): void => {
    const value = typed(node.value);
    if ((dirty && rule?.refuses(value)) || value === null) {
      node.setAttribute('aria-invalid', 'true');
    } else if (dirty) {
      dirty = false;
      commit(value);
    }
  };
  node.addEventListener('input', () => {
    dirty = true;
  });
  node.addEventListener('keydown', event => {
    if (event.key === 'Enter') {
      take();
      node.select();
      node.reportValidity();
    } else if (event.key === 'Escape') {
      show();
      const home = homeOf(node);
      if (home) {
        home.focus();
      } else {
        node.blur();
      }
    } else {
      // The keys of the viewer are not meant while typing.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener('blur', () => {
    take();
    show();
  });
  return {
    node,
    set: value => {
      shown = value;
      if (!dirty) {
        show();
      }
    }
  };
}
