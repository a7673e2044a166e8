/**
 * The panel as its tests drive it: shown, found by label, clicked and typed into.
 */
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { act, Simulate } from 'react-dom/test-utils';

import type { Description } from '../../api';
import { TomoPanel } from '../panel';
import { GRAPES } from './fakes';
import type { fakeContext } from './fakes';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

export const KNOWN: Description = {
  ...GRAPES,
  angles: { ...GRAPES.angles, first: 0, last: 360, source: 'recipe' }
};

let panel: TomoPanel | null = null;

export async function show(
  context: ReturnType<typeof fakeContext>
): Promise<HTMLElement> {
  panel = new TomoPanel(context);
  const shown = panel;
  await act(async () => {
    Widget.attach(shown, document.body);
    MessageLoop.sendMessage(shown, Widget.Msg.UpdateRequest);
    await Promise.resolve();
  });
  return shown.node;
}

export function labelled<T extends Element>(
  node: ParentNode,
  label: string,
  kind: new () => T
): T {
  const found = node.querySelector(`[aria-label="${label}"]`);
  if (!(found instanceof kind)) {
    throw new Error(`Nothing is labelled ${label}.`);
  }
  return found;
}

export function button(node: ParentNode, text: string): HTMLButtonElement {
  const found = [...node.querySelectorAll('button')].find(
    each => (each.textContent || each.getAttribute('aria-label')) === text
  );
  if (!found) {
    throw new Error(`No button says ${text}.`);
  }
  return found;
}

export async function type(
  input: HTMLInputElement,
  text: string
): Promise<void> {
  await act(async () => {
    input.value = text;
    Simulate.change(input);
    await Promise.resolve();
  });
  await act(async () => {
    Simulate.keyDown(input, { key: 'Enter' });
    await Promise.resolve();
  });
}

export async function leave(input: HTMLInputElement): Promise<void> {
  await act(async () => {
    Simulate.blur(input);
    await Promise.resolve();
  });
}

export async function click(element: Element, shiftKey = false): Promise<void> {
  await act(async () => {
    Simulate.click(element, { shiftKey });
    await Promise.resolve();
  });
}

export async function choose(
  select: HTMLSelectElement,
  value: string
): Promise<void> {
  await act(async () => {
    select.value = value;
    Simulate.change(select);
    await Promise.resolve();
  });
}

afterEach(() => {
  act(() => panel?.dispose());
  panel = null;
});
