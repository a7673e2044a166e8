/**
 * Changes of a recipe as minimal edits of its text, so that what the user
 * wrote stays as it was written.
 */
import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';

import { keyOrder } from './key-order';
import { layoutOf, printJson } from './print';
import type { ILayout } from './print';

/** JSON keys and indices, as ['regions', 'centre', 'column']. */
export type RecipePath = readonly (string | number)[];

/** `value` undefined removes the key, and then parents that became empty objects. */
export interface IRecipeEdit {
  readonly path: RecipePath;
  readonly value: unknown;
}

/** Replace the characters [start, end) by `text`. */
export interface ITextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text whose JSON cannot be read, or a path that does not fit it. */
export class EditError extends Error {}

/**
 * The edits that make some changes; the offsets of each are those of the text
 * after the edits before it. A change to the value that is there makes none.
 *
 * @throws EditError when the text is not JSON or a path leads through a plain value.
 */
export function textEdits(
  text: string,
  changes: readonly IRecipeEdit[]
): ITextEdit[] {
  const edits: ITextEdit[] = [];
  let current = text;
  for (const { path, value } of changes) {
    const edit =
      value === undefined
        ? removal(current, path)
        : setting(current, path, value);
    if (edit) {
      edits.push(edit);
      current = applyEdit(current, edit);
    }
  }
  return edits;
}

/** The text after the edits of {@link textEdits}. */
export function applyEdits(text: string, edits: readonly ITextEdit[]): string {
  return edits.reduce(applyEdit, text);
}

function applyEdit(text: string, { start, end, text: by }: ITextEdit): string {
  return text.slice(0, start) + by + text.slice(end);
}

function setting(
  text: string,
  path: RecipePath,
  value: unknown
): ITextEdit | null {
  const layout = layoutOf(text);
  const there = nodeAt(text, path);
  if (there) {
    if (JSON.stringify(getNodeValue(there)) === JSON.stringify(value)) {
      return null;
    }
    const line = lineOf(text, there.offset);
    const by = printJson(value, layout, line.indent, Math.max(1, line.column));
    return { start: there.offset, end: there.offset + there.length, text: by };
  }
  const { node, depth } = deepest(text, path);
  const key = path[depth];
  const rest = path
    .slice(depth + 1)
    .reduceRight(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      value
    );
  if (node.type === 'array' && typeof key === 'number') {
    return insertion(text, layout, node, node.children?.length ?? 0, '', rest);
  }
  if (node.type === 'object' && typeof key === 'string') {
    const keys = (node.children ?? []).map(property => nameOf(property));
    const at = placeOf(key, keys, keyOrder(path.slice(0, depth)));
    return insertion(text, layout, node, at, `${JSON.stringify(key)}: `, rest);
  }
  throw new EditError(
    `${path.join('.')} does not fit the recipe: ${path.slice(0, depth).join('.')} is no place for it.`
  );
}

/** Put `name` and a value before the child `at` of an object or array, in the way the others are laid out. */
function insertion(
  text: string,
  layout: ILayout,
  node: Node,
  at: number,
  name: string,
  value: unknown
): ITextEdit {
  const children = node.children ?? [];
  const { indent } = lineOf(text, node.offset);
  if (children.length === 0) {
    const [open, close] = node.type === 'array' ? '[]' : '{}';
    const spread = !node.parent;
    const inner = indent + layout.indent;
    const by = spread
      ? `${open}${layout.eol}${inner}${name}${printJson(value, layout, inner, inner.length + name.length)}${layout.eol}${indent}${close}`
      : open +
        pad(open) +
        name +
        printJson(value, layout, indent, layout.width / 2) +
        pad(open) +
        close;
    return { start: node.offset, end: node.offset + node.length, text: by };
  }
  const first = children[0];
  const spread = text.slice(node.offset, first.offset).includes('\n');
  const inner = spread ? lineOf(text, first.offset).indent : indent;
  const between = spread ? layout.eol + inner : ' ';
  const taken = spread ? inner.length + name.length : layout.width / 2;
  const item = name + printJson(value, layout, inner, taken);
  if (at === 0) {
    return {
      start: first.offset,
      end: first.offset,
      text: `${item},${between}`
    };
  }
  const before = children[at - 1];
  const end = before.offset + before.length;
  return { start: end, end, text: `,${between}${item}` };
}

function removal(text: string, path: RecipePath): ITextEdit | null {
  let node = nodeAt(text, path);
  if (!node) {
    return null;
  }
  // The child of its container: the property of an object, the item of an array.
  let child = node.parent?.type === 'property' ? node.parent : node;
  let container = child.parent;
  while (
    container &&
    container.type === 'object' &&
    container.children?.length === 1 &&
    container.parent
  ) {
    if (container.parent.type !== 'property') {
      break;
    }
    node = container;
    child = container.parent;
    container = child.parent;
  }
  if (!container) {
    throw new EditError('The whole recipe cannot be removed.');
  }
  const children = container.children ?? [];
  const index = children.indexOf(child);
  const end = child.offset + child.length;
  if (children.length === 1) {
    return {
      start: container.offset + 1,
      end: container.offset + container.length - 1,
      text: ''
    };
  }
  return index === 0
    ? { start: child.offset, end: children[1].offset, text: '' }
    : {
        start: children[index - 1].offset + children[index - 1].length,
        end,
        text: ''
      };
}

/** Before the first of `keys` that comes later in `order`; at the end for what `order` does not know. */
function placeOf(
  key: string,
  keys: readonly string[],
  order: readonly string[]
): number {
  const rank = order.indexOf(key);
  if (rank < 0) {
    return keys.length;
  }
  const later = keys.findIndex(other => order.indexOf(other) > rank);
  return later < 0 ? keys.length : later;
}

function nodeAt(text: string, path: RecipePath): Node | undefined {
  return findNodeAtLocation(rootOf(text), [...path]);
}

/** The node that the path reaches before it leads beyond what is there. */
function deepest(
  text: string,
  path: RecipePath
): { node: Node; depth: number } {
  const root = rootOf(text);
  for (let depth = path.length - 1; depth > 0; depth--) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node) {
      return { node, depth };
    }
  }
  return { node: root, depth: 0 };
}

function rootOf(text: string): Node {
  const errors: { error: number; offset: number; length: number }[] = [];
  const root = parseTree(text, errors, {
    disallowComments: true,
    allowTrailingComma: false
  });
  if (!root || errors.length) {
    throw new EditError('The text of the recipe is not valid JSON.');
  }
  return root;
}

function nameOf(property: Node): string {
  return String(property.children?.[0].value);
}

/** Indentation of the line of an offset, and the columns before the offset on it. */
function lineOf(
  text: string,
  offset: number
): { indent: string; column: number } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  return { indent, column: offset - start };
}

function pad(open: string): string {
  return open === '{' ? ' ' : '';
}
