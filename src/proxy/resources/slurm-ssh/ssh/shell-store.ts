/**
 * Files by scripts, where SFTP is spoiled: a profile that prints breaks it,
 * but not what stands between marks.
 */
import type { FileHandle } from 'node:fs/promises';

import type { ProxyError } from '../../../failure';
import { quote } from '../quote';
import type { IRemoteEntry } from '../remote';
import type { IBinaryReply, IRunOptions, Scripts } from './scripts';
import {
  denied,
  fileFailure,
  full,
  missing,
  type IPart,
  type IStore
} from './store';

/** Bytes that are read from the local file at once. */
const BLOCK = 1 << 18;
/** Milliseconds that a script over files may take. */
const TIMEOUT = 60_000;

export class ShellStore implements IStore {
  constructor(private readonly _scripts: Scripts) {}

  readonly sftp = false;
  /** What `cat` has written is whole. */
  readonly loose = 0;

  async list(path: string): Promise<IRemoteEntry[]> {
    // NUL ends each name: there is none in a name. The slash follows a link to a folder.
    const { stdout } = await this._run(
      path,
      `find -L ${quote(`${path}/`)} -mindepth 1 -maxdepth 1 ! -type l -printf '%y %s %T@ %f\\0'`
    );
    return stdout
      .toString('utf8')
      .split('\0')
      .flatMap(line => {
        const found = /^(\S) (\d+) ([\d.]+) ([^]*)$/.exec(line);
        return found?.[4]
          ? [entryOf(found[4], found[1], found[2], found[3])]
          : [];
      });
  }

  async stat(path: string): Promise<IRemoteEntry | null> {
    const { stdout } = await this._run(
      path,
      `[ -e ${quote(path)} ] || exit 0\nfind -L ${quote(path)} -maxdepth 0 -printf '%y %s %T@'`
    );
    const [kind, size, time] = stdout.toString('latin1').split(' ');
    return kind
      ? entryOf(path.slice(path.lastIndexOf('/') + 1), kind, size, time)
      : null;
  }

  async read(path: string, offset: number, length: number): Promise<Buffer> {
    const { stdout } = await this._run(
      path,
      `exec < ${quote(path)} || exit 1\ntail -c +${offset + 1} | head -c ${length}`
    );
    return stdout;
  }

  async create(path: string, content: Buffer, mode: number): Promise<void> {
    await this._run(
      path,
      `cat > ${quote(path)} && chmod ${mode.toString(8)} ${quote(path)}`,
      { input: content }
    );
  }

  async rename(from: string, to: string): Promise<void> {
    await this._run(to, `mv -fT -- ${quote(from)} ${quote(to)}`);
  }

  async remove(path: string): Promise<void> {
    await this._run(path, `rm -f -- ${quote(path)}`);
  }

  async makeFolder(path: string): Promise<void> {
    await this._run(path, `mkdir -p -- ${quote(path)}`);
  }

  async setTime(path: string, seconds: number): Promise<void> {
    await this._run(path, `touch -m -d @${seconds} -- ${quote(path)}`);
  }

  async send(source: FileHandle, path: string, part: IPart): Promise<void> {
    const file = quote(path);
    const target = await this._scripts.start(
      part.from === 0
        ? `exec cat > ${file}`
        : `truncate -s ${part.from} ${file} && exec cat >> ${file}`
    );
    const complaint = textOf(target.stderr);
    target.stdout.resume();
    try {
      for (let at = part.from; at < part.size; at += BLOCK) {
        part.signal?.throwIfAborted();
        const data = Buffer.allocUnsafe(Math.min(BLOCK, part.size - at));
        const { bytesRead } = await source.read(data, 0, data.length, at);
        if (!target.stdin.write(data.subarray(0, bytesRead))) {
          await Promise.race([
            new Promise(resolve => target.stdin.once('drain', resolve)),
            target.closed
          ]);
        }
        part.tell(at + bytesRead);
      }
      target.stdin.end();
      await this._succeeded(target.closed, path, complaint);
    } catch (error) {
      target.end();
      throw error;
    }
  }

  async receive(path: string, target: FileHandle, part: IPart): Promise<void> {
    const source = await this._scripts.start(
      `exec tail -c +${part.from + 1} -- ${quote(path)}`
    );
    const complaint = textOf(source.stderr);
    source.stdin.end();
    try {
      let at = part.from;
      for await (const chunk of source.stdout) {
        part.signal?.throwIfAborted();
        if (Buffer.isBuffer(chunk)) {
          await target.write(chunk, 0, chunk.length, at);
          at += chunk.length;
          part.tell(at);
        }
      }
      await this._succeeded(source.closed, path, complaint);
    } catch (error) {
      source.end();
      throw error;
    }
  }

  private async _succeeded(
    closed: Promise<number | null>,
    path: string,
    complaint: Promise<string>
  ): Promise<void> {
    const code = await closed;
    if (code === null) {
      throw this._scripts.lost();
    }
    if (code !== 0) {
      throw failureOfShell(path, await complaint);
    }
  }

  private async _run(
    path: string,
    script: string,
    options: IRunOptions = {}
  ): Promise<IBinaryReply> {
    const reply = await this._scripts.runBinary(script, {
      timeout: TIMEOUT,
      ...options
    });
    if (reply.code !== 0) {
      throw failureOfShell(path, reply.stderr);
    }
    return reply;
  }
}

/** By the words of the C locale, which every script has. */
function failureOfShell(path: string, stderr: string): ProxyError {
  if (/no such file|not a directory|cannot open .*: no such/i.test(stderr)) {
    return missing(path);
  }
  if (/permission denied/i.test(stderr)) {
    return denied(path);
  }
  if (/no space left|quota exceeded/i.test(stderr)) {
    return full(path);
  }
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 200);
  return fileFailure(path, new Error(said || 'it did not say why'));
}

function entryOf(
  name: string,
  kind = '',
  size = '',
  modified = ''
): IRemoteEntry {
  return {
    name,
    directory: kind === 'd',
    size: Number(size),
    modified: Math.trunc(Number(modified))
  };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text = `${text}${chunk.toString()}`.slice(-4096);
  }
  return text;
}
