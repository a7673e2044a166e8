/**
 * Scripts between marks: what a profile, a banner or a log-out prints is not
 * taken for what a script says.
 */
import { randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** The log-in shell, whichever it is, is replaced before it reads anything. */
export const SHELL = 'exec /bin/sh -s';

/** Bytes before the mark that are looked through. */
const MOST_NOISE = 1 << 20;

/**
 * The user's settings of Slurm change what its commands print and do;
 * SLURM_CONF, where a site needs it, stays.
 */
const PRELUDE = `LC_ALL=C; export LC_ALL; unset LANGUAGE CDPATH ENV
for tomo_name in $(env | sed -n -e 's/^\\(S[A-Z]*_[A-Za-z0-9_]*\\)=.*/\\1/p' | grep -E '^(SLURM|SQUEUE|SACCT|SBATCH|SCANCEL|SINFO|SRUN|SALLOC)_' | grep -v '^SLURM_CONF$'); do unset "$tomo_name"; done
unset tomo_name`;

export class Marks {
  constructor() {
    const word = `TOMO-${randomBytes(12).toString('hex')}`;
    this.begin = `${word}-BEGIN`;
    this.end = `${word}-END`;
  }

  readonly begin: string;
  readonly end: string;

  /** A script whose end and exit code are told, whatever it does. */
  whole(script: string, takesInput: boolean): string {
    return this._compound(
      `(\n${script}\n)${takesInput ? '' : ' </dev/null'}\n` +
        `printf '\\n%s %s\\n' ${this.end} $?\nexit 0`
    );
  }

  /** A script that goes on; what follows it on the input is its own. */
  open(script: string): string {
    return this._compound(`${script}\nexit`);
  }

  /** What is between the marks; null when the end is missing. */
  read(output: Buffer): { stdout: Buffer; code: number } | null {
    const at = output.lastIndexOf(`\n${this.end} `);
    if (at < 0) {
      return null;
    }
    const rest = output.toString('latin1', at + this.end.length + 2);
    const code = /^(\d+)\n/.exec(rest)?.[1];
    return code === undefined
      ? null
      : { stdout: output.subarray(0, at), code: Number(code) };
  }

  /**
   * One compound command: the shell has read all of it before it begins, so
   * that it does not take input that comes after the mark.
   */
  private _compound(body: string): string {
    return `{ ${PRELUDE}\nprintf '%s\\n' ${this.begin}; printf '%s\\n' ${this.begin} >&2\n${body}\n}\n`;
  }
}

/** Passes on what comes after a line that ends with the mark; emits 'mark'. */
export class AfterMark extends Transform {
  constructor(mark: string) {
    super();
    this._mark = Buffer.from(`${mark}\n`);
  }

  get seen(): boolean {
    return this._seen;
  }

  /** What came before the mark. */
  get noise(): string {
    return this._head.toString('utf8');
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: TransformCallback
  ): void {
    if (this._seen) {
      done(null, chunk);
      return;
    }
    this._head = Buffer.concat([this._head, chunk]);
    const at = this._head.indexOf(this._mark);
    if (at < 0) {
      if (this._head.length > MOST_NOISE) {
        this._head = this._head.subarray(-this._mark.length);
      }
      done();
      return;
    }
    this._seen = true;
    const after = this._head.subarray(at + this._mark.length);
    this._head = this._head.subarray(0, at);
    this.emit('mark');
    done(null, after.length > 0 ? after : undefined);
  }

  private readonly _mark: Buffer;
  private _head: Buffer = Buffer.alloc(0);
  private _seen = false;
}
