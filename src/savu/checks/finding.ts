/** What a check finds, and what it looks at. */
import type { SavuPlugin } from '../../api';
import type { IPlugin } from '../catalogue';
import type { Values } from '../operations';

/** error: Savu stops, or does something else than is asked. */
export type Severity = 'error' | 'warning' | 'note';

export interface IFinding {
  readonly severity: Severity;
  /** Index of the plugin; null when it is about the list. */
  readonly index: number | null;
  /** The parameter, when it is about one. */
  readonly parameter?: string;
  /** One sentence or two: what is wrong, and what to do. */
  readonly message: string;
}

/** A plugin that is on, with what is known of it. */
export interface IActive {
  readonly index: number;
  readonly plugin: SavuPlugin;
  readonly known: IPlugin | undefined;
  readonly values: Values;
}

export const finding = (
  severity: Severity,
  index: number | null,
  message: string,
  parameter?: string
): IFinding => ({ severity, index, message, parameter });
