/**
 * JSON as a person would write it: short things on one line.
 */

/** How a text is laid out. */
export interface ILayout {
  /** One level of indentation. */
  readonly indent: string;
  readonly eol: string;
  /** Columns that a line may have. */
  readonly width: number;
}

export const DEFAULT_LAYOUT: ILayout = { indent: '  ', eol: '\n', width: 120 };

/** The layout that a text has already. */
export function layoutOf(text: string): ILayout {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1];
  return {
    indent: indent ?? DEFAULT_LAYOUT.indent,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    width: DEFAULT_LAYOUT.width
  };
}

/**
 * Print a JSON value.
 *
 * @param value - what JSON can hold; keys with undefined are left out.
 * @param layout - indentation, line ends and width.
 * @param margin - indentation of the line on which the value starts.
 * @param taken - columns taken on that line before the value.
 */
export function printJson(
  value: unknown,
  layout: ILayout = DEFAULT_LAYOUT,
  margin = '',
  taken = 0
): string {
  const line = printLine(value);
  // The document itself is always spread out.
  const fits =
    taken + line.length <= layout.width && (margin !== '' || taken > 0);
  if (fits || typeof value !== 'object' || value === null) {
    return line;
  }
  const inner = margin + layout.indent;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Array.isArray(value)
    ? value.map(item => inner + printJson(item, layout, inner, inner.length))
    : entriesOf(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `;
        return (
          inner +
          name +
          printJson(item, layout, inner, inner.length + name.length)
        );
      });
  return lines.length === 0
    ? open + close
    : [open, lines.join(`,${layout.eol}`), margin + close].join(layout.eol);
}

function printLine(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(printLine).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const inside = entriesOf(value).map(
      ([key, item]) => `${JSON.stringify(key)}: ${printLine(item)}`
    );
    return inside.length ? `{ ${inside.join(', ')} }` : '{}';
  }
  // JSON.stringify gives undefined for what JSON cannot hold.
  return JSON.stringify(value) ?? 'null';
}

function entriesOf(value: object): [string, unknown][] {
  const entries: [string, unknown][] = Object.entries(value);
  return entries.filter(([, item]) => item !== undefined);
}
