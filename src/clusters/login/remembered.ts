/**
 * How the user logged in last: the way and the name, never a secret.
 */
import type { IStateDB } from '@jupyterlab/statedb';

import type { LoginRequest } from '../../api';

export type LoginMethod = LoginRequest['method'];

export const METHODS: readonly LoginMethod[] = [
  'password',
  'key',
  'agent',
  'keyboard-interactive'
];

export interface IRemembered {
  readonly user: string;
  readonly method: LoginMethod;
  /** Path of a private key on the Jupyter server. */
  readonly key: string;
}

const stateOf = (resource: string): string =>
  `jupyterlab-tomo:log-in:${resource}`;

/** What is known of the last log-in, else a beginning that fits the settings. */
export async function remembered(
  state: IStateDB | null,
  resource: string,
  settings: { user: string; key: string }
): Promise<IRemembered> {
  const kept: unknown = await state?.fetch(stateOf(resource));
  const text = (name: string): string => {
    const value: unknown =
      typeof kept === 'object' && kept !== null
        ? Reflect.get(kept, name)
        : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    user: settings.user || text('user'),
    method:
      METHODS.find(each => each === text('method')) ??
      (settings.key ? 'key' : 'password'),
    key: settings.key || text('key')
  };
}

export async function remember(
  state: IStateDB | null,
  resource: string,
  { user, method, key }: IRemembered
): Promise<void> {
  await state?.save(stateOf(resource), { user, method, key });
}
