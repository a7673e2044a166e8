/** What a log-in is made with: checked before anything is sent. */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { utils, type ParsedKey } from 'ssh2';

import type { LoginRequest } from '../../../../api/_generated/api';
import { ProxyError, systemCode } from '../../../failure';
import { emptyKey, emptyName, emptyPassword } from './failures';
import { Secret } from './secret';

export interface ICredentials {
  readonly method: LoginRequest['method'];
  /** Name on the cluster. */
  readonly user: string;
  readonly password: Secret;
  /** Absolute path of a private key on this machine; empty for other methods. */
  readonly key: string;
  readonly passphrase: Secret;
}

/**
 * @param defaults - what the settings say.
 * @throws ProxyError for an empty name, password or key.
 */
export function credentialsOf(
  request: LoginRequest,
  defaults: { name: string; user: string; key: string }
): ICredentials {
  const user = (request.user || defaults.user).trim();
  if (!user) {
    throw emptyName(defaults.name);
  }
  if (/[\s\0]/.test(user) || user.startsWith('-')) {
    throw new ProxyError(422, 'bad-name', `${user} is no user name.`, {
      where: 'user',
      hint: 'User names have no spaces and do not begin with a dash.'
    });
  }
  if (request.method === 'password' && !request.password) {
    throw emptyPassword(user);
  }
  const key = request.method === 'key' ? request.key || defaults.key : '';
  if (request.method === 'key' && !key) {
    throw emptyKey();
  }
  return {
    method: request.method,
    user,
    password: new Secret(request.password ?? ''),
    key: key && path.resolve(os.homedir(), key.replace(/^~(?=\/|$)/, '.')),
    passphrase: new Secret(request.passphrase ?? '')
  };
}

export function forget(credentials: ICredentials): void {
  credentials.password.forget();
  credentials.passphrase.forget();
}

/** Bytes of a file that may be a key. */
const MAX_KEY = 1 << 16;

/** @throws ProxyError when there is no key, it is no private one, or the passphrase is wrong. */
export async function readKey(credentials: ICredentials): Promise<ParsedKey> {
  const file = credentials.key;
  const complain = (code: string, message: string, hint: string): ProxyError =>
    new ProxyError(422, code, message, {
      where: code.endsWith('passphrase') ? 'passphrase' : file,
      hint
    });
  const parsed = utils.parseKey(
    await readSmall(file),
    credentials.passphrase.empty ? undefined : credentials.passphrase.reveal()
  );
  if (parsed instanceof Error) {
    if (/no passphrase/i.test(parsed.message)) {
      throw complain(
        'no-passphrase',
        'The private key needs a passphrase.',
        'Type the passphrase of the key.'
      );
    }
    if (!credentials.passphrase.empty && !/unsupported/i.test(parsed.message)) {
      throw complain(
        'wrong-passphrase',
        'The passphrase does not open the private key.',
        'Type the passphrase of the key again.'
      );
    }
    throw complain(
      'bad-key',
      'The file is no private key that can be read.',
      'Choose a private key in the format of OpenSSH or PEM, as ~/.ssh/id_ed25519.'
    );
  }
  if (!parsed.isPrivateKey()) {
    throw complain(
      'public-key',
      'The file is a public key.',
      'Choose the private one, usually the same name without .pub.'
    );
  }
  return parsed;
}

async function readSmall(file: string): Promise<Buffer> {
  try {
    const { size } = await fs.stat(file);
    return size > MAX_KEY ? Buffer.alloc(0) : await fs.readFile(file);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(systemCode(error));
    throw new ProxyError(
      422,
      missing ? 'no-key' : 'unreadable-key',
      missing
        ? 'There is no such private key on the Jupyter server.'
        : 'The private key cannot be read.',
      {
        where: file,
        hint: 'Type the path of a private key on the Jupyter server that its account may read.',
        cause: error
      }
    );
  }
}
