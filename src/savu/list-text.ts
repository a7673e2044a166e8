/**
 * A process list as the text of a document. The parameters stand in it as
 * Savu wrote them, so that 3.0 stays 3.0 until somebody changes it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';

import type { SavuList, SavuLoop, SavuPlugin } from '../api';

/** A text that is not a process list. */
export class ListTextError extends Error {}

export function printList(list: SavuList): string {
  const plugins = list.plugins.map(
    ({ name, id, active, data }) =>
      `    {"name": ${JSON.stringify(name)}, "id": ${JSON.stringify(id)}, "active": ${active}, "parameters": ${data}}`
  );
  const loops = list.loops.map(loop => `    ${JSON.stringify(loop)}`);
  return `{
  "version": ${JSON.stringify(list.version)},
  "plugins": ${block(plugins)},
  "loops": ${block(loops)}
}
`;
}

function block(lines: readonly string[]): string {
  return lines.length ? `[\n${lines.join(',\n')}\n  ]` : '[]';
}

/**
 * Read the text of a document.
 *
 * @throws ListTextError that says what is wrong with it.
 */
export function parseList(text: string, trans: TranslationBundle): SavuList {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  if (!root || errors.length || root.type !== 'object') {
    throw new ListTextError(trans.__('The text is not a JSON object.'));
  }
  const version: unknown = findNodeAtLocation(root, ['version'])?.value;
  return {
    version: typeof version === 'string' ? version : '',
    plugins: items(root, 'plugins', trans).map((node, index) =>
      pluginOf(text, node, index, trans)
    ),
    loops: items(root, 'loops', trans).map((node, index) =>
      loopOf(node, index, trans)
    )
  };
}

function items(
  root: Node,
  name: string,
  trans: TranslationBundle
): readonly Node[] {
  const node = findNodeAtLocation(root, [name]);
  if (node && node.type !== 'array') {
    throw new ListTextError(trans.__('"%1" is not a list.', name));
  }
  return node?.children ?? [];
}

function pluginOf(
  text: string,
  node: Node,
  index: number,
  trans: TranslationBundle
): SavuPlugin {
  const valueOf = (key: string): unknown =>
    findNodeAtLocation(node, [key])?.value;
  const name = valueOf('name');
  const id = valueOf('id');
  const data = findNodeAtLocation(node, ['parameters']);
  if (
    typeof name !== 'string' ||
    typeof id !== 'string' ||
    data?.type !== 'object'
  ) {
    throw new ListTextError(
      trans.__('Plugin %1 lacks its name, id or parameters.', index + 1)
    );
  }
  return {
    name,
    id,
    active: valueOf('active') !== false,
    data: text.slice(data.offset, data.offset + data.length)
  };
}

function loopOf(node: Node, index: number, trans: TranslationBundle): SavuLoop {
  const whole = (key: string): number => {
    const value: unknown = findNodeAtLocation(node, [key])?.value;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
      throw new ListTextError(
        trans.__(
          '"%1" of repeat %2 is not a whole number above zero.',
          key,
          index + 1
        )
      );
    }
    return value;
  };
  return {
    start: whole('start'),
    end: whole('end'),
    iterations: whole('iterations')
  };
}
