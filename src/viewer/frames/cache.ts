/**
 * Images that were fetched, the least recently used thrown away first.
 */
export class ByteCache<T> {
  /**
   * @param budget most bytes that are kept
   * @param sizeOf bytes of a value
   */
  constructor(
    readonly budget: number,
    private readonly sizeOf: (value: T) => number
  ) {}

  /** Bytes kept. */
  get used(): number {
    return this._used;
  }

  get(key: string): T | undefined {
    const value = this._values.get(key);
    if (value !== undefined) {
      // A Map remembers the order of insertion: the end is the newest.
      this._values.delete(key);
      this._values.set(key, value);
    }
    return value;
  }

  /** Keep a value; one that is larger than the budget is not kept. */
  set(key: string, value: T): void {
    this.delete(key);
    const size = this.sizeOf(value);
    if (size > this.budget) {
      return;
    }
    this._values.set(key, value);
    this._used += size;
    for (const oldest of this._values.keys()) {
      if (this._used <= this.budget) {
        break;
      }
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this._values.get(key);
    if (value !== undefined && this._values.delete(key)) {
      this._used -= this.sizeOf(value);
    }
  }

  private readonly _values = new Map<string, T>();
  private _used = 0;
}
