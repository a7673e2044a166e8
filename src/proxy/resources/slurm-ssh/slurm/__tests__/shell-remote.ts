/** A host for tests: a real /bin/sh with stand-ins for Slurm's commands, over a line that can be cut. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import path from 'node:path';

import { ProxyError } from '../../../../failure';
import type {
  IRemote,
  IRemoteFiles,
  IRemoteProcess,
  IShellReply
} from '../../remote';

/** Where the line is cut in a script. */
export type Cut =
  /** Nothing of it has arrived. */
  | { readonly at: 'before' }
  /** So many of its bytes have arrived; what follows is lost. */
  | { readonly at: 'part'; readonly bytes: number }
  /** It has run, but its answer is lost. */
  | { readonly at: 'after' }
  /** Its shell was killed while sbatch was at work. */
  | { readonly at: 'killed' }
  /** The same, and the line was not cut: there is an exit code. */
  | { readonly at: 'ended' };

const COMMANDS: Record<string, string> = {
  sbatch: `
[ -e "$FAKE/slow" ] && { : > "$FAKE/asked"; sleep 0.4; }
[ -e "$FAKE/refuse" ] && { echo "sbatch: error: Invalid account or account/partition combination" >&2; exit 1; }
[ -e "$FAKE/hostile" ] && { cat "$FAKE/hostile"; exit 0; }
name=; for word; do case $word in --job-name=*) name=\${word#--job-name=};; esac; done
id=$(( $(cat "$FAKE/last" 2>/dev/null || echo 100) + 1 )); echo "$id" > "$FAKE/last"
printf '%s|%s\\n' "$id" "$name" >> "$FAKE/queue"; printf '%s\\n' "$*" >> "$FAKE/commands"
[ -e "$FAKE/dies" ] && { rm "$FAKE/dies"; kill -9 $$; }
echo "$id;cluster"`,
  squeue: `
[ -e "$FAKE/down" ] && { echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1; }
[ -e "$FAKE/left" ] && exit 0
cat "$FAKE/queue" 2>/dev/null; exit 0`,
  sacct: `
[ -e "$FAKE/unaccounted" ] && { echo "sacct: error: Problem talking to the database" >&2; exit 1; }
cat "$FAKE/queue" 2>/dev/null; exit 0`,
  scancel: `printf '%s\\n' "$*" >> "$FAKE/cancelled"`
};

export class ShellRemote implements IRemote {
  constructor(private readonly _folder: string) {}

  static async make(folder: string): Promise<ShellRemote> {
    const bin = path.join(folder, 'bin');
    await fs.mkdir(bin);
    await fs.mkdir(path.join(folder, 'fake'));
    for (const [name, text] of Object.entries(COMMANDS)) {
      const file = path.join(bin, name);
      await fs.writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    return new ShellRemote(folder);
  }

  readonly user = 'ann';
  readonly home = '/';
  readonly closed = new Promise<Error | null>(() => undefined);
  alive = true;
  /** How the next scripts fare; whole when there is none. */
  readonly cuts: (Cut | null)[] = [];
  /** Scripts that were sent. */
  readonly scripts: string[] = [];

  get files(): IRemoteFiles {
    throw new Error('Not a part of these tests.');
  }

  start(): Promise<IRemoteProcess> {
    throw new Error('Not a part of these tests.');
  }

  async run(script: string): Promise<IShellReply> {
    this.scripts.push(script);
    const cut = this.cuts.shift();
    if (cut?.at === 'before') {
      throw lost();
    }
    const text = cut?.at === 'part' ? script.slice(0, cut.bytes) : script;
    const killed = cut?.at === 'killed' || cut?.at === 'ended';
    const reply = await this._shell(text, killed);
    if (cut?.at === 'ended') {
      return { ...reply, code: 255 };
    }
    if (cut) {
      throw lost();
    }
    return reply;
  }

  async file(name: string): Promise<string> {
    return fs
      .readFile(path.join(this._folder, 'fake', name), 'utf8')
      .catch(() => '');
  }

  async set(name: string, text = ''): Promise<void> {
    await fs.writeFile(path.join(this._folder, 'fake', name), text);
  }

  async unset(name: string): Promise<void> {
    await fs.rm(path.join(this._folder, 'fake', name), { force: true });
  }

  /** Jobs that the scheduler has taken, as [id, name]. */
  async queue(): Promise<string[][]> {
    const text = (await this.file('queue')).trim();
    return text ? text.split('\n').map(line => line.split('|')) : [];
  }

  private async _shell(text: string, kill: boolean): Promise<IShellReply> {
    const child = spawn('/bin/sh', ['-s'], {
      env: {
        PATH: `${path.join(this._folder, 'bin')}:${process.env.PATH ?? ''}`,
        FAKE: path.join(this._folder, 'fake'),
        LC_ALL: 'C'
      }
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
    if (kill) {
      while (!(await this.file('asked').then(() => this._asked()))) {
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      child.kill('SIGKILL');
    }
    const code = await new Promise<number>(resolve =>
      child.once(kill ? 'exit' : 'close', (status: number | null) =>
        resolve(status ?? -1)
      )
    );
    return {
      code,
      stdout: Buffer.concat(out).toString('utf8'),
      stderr: Buffer.concat(err).toString('utf8')
    };
  }

  private async _asked(): Promise<boolean> {
    return fs
      .access(path.join(this._folder, 'fake', 'asked'))
      .then(() => true)
      .catch(() => false);
  }
}

function lost(): ProxyError {
  return new ProxyError(503, 'connection-lost', 'The connection was cut.');
}
