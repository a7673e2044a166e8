/**
 * Whether a host is the one it was before.
 *
 * pinned fingerprint  -> it, or refused
 * known_hosts         -> the same key, or refused (also when only keys of other types are known)
 * otherwise           -> unknown: shown to the user, and remembered when accepted
 */
import * as fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { ServerHostKeyAlgorithm } from 'ssh2';

import { systemCode } from '../../../failure';
import { keyChanged, keyRevoked, nameOf } from './failures';
import {
  fingerprintOf,
  knownHostLine,
  parseKnownHosts,
  speaksOf,
  type IKnownHost
} from './known-hosts';

/** What is expected of the key of a host. */
export interface IExpectedKey {
  /** Algorithms to ask for first, so that a known key is the one that is shown. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  /**
   * @returns true for the known key, false when none is known.
   * @throws ProxyError when it is another than the known one.
   */
  check(key: Buffer): boolean;
}

export class HostKeys {
  /**
   * @param _file - where accepted keys are remembered, of each user their own.
   * @param _system - files of known hosts of the account and the machine.
   */
  constructor(
    private readonly _file: string,
    private readonly _system: readonly string[] = systemFiles()
  ) {}

  /** @param pinned - fingerprint of the settings; empty: none. */
  async expect(
    user: string,
    host: string,
    port: number,
    pinned: string
  ): Promise<IExpectedKey> {
    const name = nameOf(host, port);
    if (pinned) {
      return {
        algorithms: [],
        check: key => {
          if (fingerprintOf(key) !== pinned) {
            throw keyChanged(
              name,
              fingerprintOf(key),
              'the host key in the settings'
            );
          }
          return true;
        }
      };
    }
    const known: [string, IKnownHost][] = [];
    for (const file of [...this._system, this._file]) {
      for (const line of parseKnownHosts(await textOf(file))) {
        const theirs = file === this._file && line.comment !== commentOf(user);
        if (!theirs && speaksOf(line, host, port)) {
          known.push([file, line]);
        }
      }
    }
    return {
      algorithms: known
        .filter(([, line]) => !line.revoked)
        .flatMap(([, line]) => ALGORITHMS[line.type] ?? []),
      check: key => checkKnown(known, key, name)
    };
  }

  /** Remember a key that the user has accepted. */
  async remember(
    user: string,
    host: string,
    port: number,
    key: Buffer
  ): Promise<void> {
    await fs.mkdir(path.dirname(this._file), { recursive: true, mode: 0o700 });
    await fs.appendFile(
      this._file,
      knownHostLine(host, port, key, commentOf(user)),
      { mode: 0o600 }
    );
  }
}

function checkKnown(
  known: readonly [string, IKnownHost][],
  key: Buffer,
  name: string
): boolean {
  const same = known.filter(([, line]) => line.key.equals(key));
  const revoked = same.find(([, line]) => line.revoked);
  if (revoked) {
    throw keyRevoked(name, revoked[0]);
  }
  if (same.length > 0) {
    return true;
  }
  const other = known.find(([, line]) => !line.revoked);
  if (other) {
    throw keyChanged(name, fingerprintOf(key), other[0]);
  }
  return false;
}

/** Whose acceptance a line of our own file is. */
function commentOf(user: string): string {
  return `tomo:${encodeURIComponent(user)}`;
}

function systemFiles(): string[] {
  const own = path.join(os.homedir(), '.ssh');
  return [
    path.join(own, 'known_hosts'),
    path.join(own, 'known_hosts2'),
    '/etc/ssh/ssh_known_hosts'
  ];
}

async function textOf(file: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error))) {
      return '';
    }
    throw error;
  }
}

const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> =
  {
    'ssh-ed25519': ['ssh-ed25519'],
    'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
    'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
    'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
    'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']
  };
