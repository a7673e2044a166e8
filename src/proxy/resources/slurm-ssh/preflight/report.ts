/** What Test found, check by check. */
import type { Preflight } from '../../../../api/_generated/api';

export type Check = Preflight['checks'][number];

export class Report {
  readonly checks: Check[] = [];

  ok(name: string, title: string, found: string): void {
    this.checks.push({ name, title, state: 'ok', found, hint: '' });
  }

  /** It works, but not as well as it could. */
  warn(name: string, title: string, found: string, hint: string): void {
    this.checks.push({ name, title, state: 'warning', found, hint });
  }

  /** Jobs cannot run. */
  fail(name: string, title: string, found: string, hint: string): void {
    this.checks.push({ name, title, state: 'failed', found, hint });
  }

  /** It could not be looked at. */
  skip(name: string, title: string, found: string, hint: string): void {
    this.checks.push({ name, title, state: 'skipped', found, hint });
  }
}

/** Lines of a script as `key value`; a key may come several times. */
export class Said {
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const at = line.indexOf(' ');
      if (at > 0) {
        const key = line.slice(0, at);
        const known = this._values.get(key) ?? [];
        this._values.set(key, [...known, line.slice(at + 1).trim()]);
      }
    }
  }

  has(key: string): boolean {
    return this._values.has(key);
  }

  one(key: string): string {
    return this._values.get(key)?.[0] ?? '';
  }

  all(key: string): readonly string[] {
    return this._values.get(key) ?? [];
  }

  private readonly _values = new Map<string, readonly string[]>();
}

/** The function of a script that says a key and a value, in one line. */
export const SAY = `say() { printf '%s %s\\n' "$1" "$(printf %s "$2" | tr '\\n\\r' '  ' | cut -c 1-4000)"; }`;

/** Bytes as people read them. */
export function sizeOf(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}
