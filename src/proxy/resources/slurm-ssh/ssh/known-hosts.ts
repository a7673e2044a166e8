/**
 * Host keys in the format of OpenSSH's known_hosts: patterns, hashed names,
 * other ports, revoked keys. Certificate authorities are left out.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A line of known_hosts. */
export interface IKnownHost {
  /** Patterns joined by commas, or a hashed name. */
  readonly hosts: string;
  readonly revoked: boolean;
  /** As ssh-ed25519. */
  readonly type: string;
  readonly key: Buffer;
  readonly comment: string;
}

/** Lines that cannot be read are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string): IKnownHost[] {
  const known: IKnownHost[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key, ...comment] = words;
    if (
      !hosts ||
      hosts.startsWith('#') ||
      !type ||
      !key ||
      (marker !== undefined && marker !== '@revoked')
    ) {
      continue;
    }
    const bytes = Buffer.from(key, 'base64');
    if (typeOf(bytes) === type) {
      known.push({
        hosts,
        revoked: marker === '@revoked',
        type,
        key: bytes,
        comment: comment.join(' ')
      });
    }
  }
  return known;
}

/** The name under which known_hosts lists a host. */
export function listedName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Whether a line speaks of a host. */
export function speaksOf(
  known: IKnownHost,
  host: string,
  port: number
): boolean {
  const name = listedName(host, port);
  if (known.hosts.startsWith('|1|')) {
    const [, , salt, hash] = known.hosts.split('|');
    const expected = Buffer.from(hash ?? '', 'base64');
    const hashed = createHmac('sha1', Buffer.from(salt ?? '', 'base64'))
      .update(name)
      .digest();
    return (
      hashed.length === expected.length && timingSafeEqual(hashed, expected)
    );
  }
  let spoken = false;
  for (const pattern of known.hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (fits(negated ? pattern.slice(1) : pattern, name)) {
      if (negated) {
        return false;
      }
      spoken = true;
    }
  }
  return spoken;
}

/** A line for a host and its key. */
export function knownHostLine(
  host: string,
  port: number,
  key: Buffer,
  comment: string
): string {
  const name = listedName(host, port);
  return `${name} ${typeOf(key)} ${key.toString('base64')} ${comment}\n`;
}

/** A key's fingerprint as OpenSSH writes it. */
export function fingerprintOf(key: Buffer): string {
  const hash = createHash('sha256').update(key).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** The type that a public key in the form of the wire begins with; empty for none. */
export function typeOf(key: Buffer): string {
  if (key.length < 4) {
    return '';
  }
  const length = key.readUInt32BE(0);
  return length <= key.length - 4 ? key.toString('latin1', 4, 4 + length) : '';
}

/** A pattern with * and ?. */
function fits(pattern: string, name: string): boolean {
  const source = [...pattern]
    .map(letter =>
      letter === '*'
        ? '.*'
        : letter === '?'
          ? '.'
          : letter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    )
    .join('');
  return new RegExp(`^${source}$`).test(name);
}
