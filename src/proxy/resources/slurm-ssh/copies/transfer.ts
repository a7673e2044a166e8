/** Copies that are under way: how far, how fast, and how to stop them. */
import type { Job } from '../../../../api/_generated/api';

type Told = NonNullable<Job['transfer']>;

/** Milliseconds between two notices of one copy. */
const EVERY = 1_000;

/** One copy of several files, as its job tells it. */
export class Transfer {
  /**
   * @param total - bytes of all files.
   * @param onChange - called at most once a second.
   */
  constructor(
    private readonly _kind: Told['kind'],
    private readonly _what: string,
    private readonly _total: number,
    private readonly _onChange: () => void
  ) {}

  readonly abort = new AbortController();

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get told(): Told {
    const seconds = (Date.now() - this._started) / 1000;
    return {
      kind: this._kind,
      what: this._what,
      bytes: this._bytes,
      total: Math.max(this._total, this._bytes),
      rate: seconds > 0.2 ? Math.round(this._moved / seconds) : 0
    };
  }

  /** A file that is there already. */
  skip(bytes: number): void {
    this._bytes += bytes;
    this._tell();
  }

  /** Progress of one file: give it each time how many of its bytes are there. */
  file(): (bytes: number) => void {
    let last = 0;
    return bytes => {
      const more = Math.max(0, bytes - last);
      last = Math.max(last, bytes);
      this._bytes += more;
      this._moved += more;
      this._tell();
    };
  }

  private _tell(): void {
    if (Date.now() - this._told >= EVERY) {
      this._told = Date.now();
      this._onChange();
    }
  }

  private _bytes = 0;
  private _moved = 0;
  private _told = 0;
  private readonly _started = Date.now();
}

/** Do something with each item, several at a time; the first failure stops the rest. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>
): Promise<void> {
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const item = items[next];
      next += 1;
      try {
        await act(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, work)
  );
}
