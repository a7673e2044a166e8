/**
 * Values of sinograms in a worker. An engine needs them only when a plan's
 * steps change, and the page has them: they are not kept at rest.
 */
import { EngineError } from '../engine';
import { release } from './release';

/** Milliseconds for which they are kept for the next slice. */
const KEEP = 1000;
/** Rows that are kept: a slice of the one before may still be due. */
const ROWS = 2;

export class Sinograms {
  /** @param ask asks the page for those of a key */
  constructor(private readonly _ask: (key: string) => void) {}

  /** They have come; null when the page has none. */
  came(key: string, data: Float32Array | null): void {
    const wanted = this._wanted;
    if (wanted?.key === key) {
      this._wanted = null;
    }
    if (!data) {
      if (wanted?.key === key) {
        wanted.missing();
      }
      return;
    }
    release(this._held.get(key));
    this._held.delete(key);
    this._held.set(key, data);
    for (const [old, values] of [...this._held].slice(0, -ROWS)) {
      this._held.delete(old);
      release(values);
    }
    this._rest();
    if (wanted?.key === key) {
      wanted.here(data);
    }
  }

  /**
   * Those of a key, to be used at once. One at a time is asked for.
   *
   * @throws EngineError when the page has given them up
   */
  of(key: string): Promise<Float32Array> {
    const held = this._held.get(key);
    if (held) {
      this._rest();
      return Promise.resolve(held);
    }
    return new Promise((here, reject) => {
      this._wanted = {
        key,
        here,
        missing: () =>
          reject(new EngineError('engine-order', 'The page has no such row.'))
      };
      this._ask(key);
    });
  }

  private _rest(): void {
    clearTimeout(this._resting);
    this._resting = setTimeout(() => {
      [...this._held.values()].forEach(release);
      this._held.clear();
    }, KEEP);
  }

  /** The newest last. */
  private readonly _held = new Map<string, Float32Array>();
  private _wanted: {
    key: string;
    here: (data: Float32Array) => void;
    missing: () => void;
  } | null = null;
  private _resting: ReturnType<typeof setTimeout> | undefined;
}
