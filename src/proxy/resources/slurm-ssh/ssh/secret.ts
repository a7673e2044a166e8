/** A secret in memory, and nowhere else: it is overwritten when it is forgotten. */
export class Secret {
  constructor(text: string) {
    this._bytes = Buffer.from(text, 'utf8');
  }

  get empty(): boolean {
    return this._bytes.length === 0;
  }

  /** As text, for the one call that needs it. */
  reveal(): string {
    return this._bytes.toString('utf8');
  }

  forget(): void {
    this._bytes.fill(0);
    this._bytes = Buffer.alloc(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  private _bytes: Buffer;
}
