/** So many tasks under way at once; the first failure stops the next ones. */
export class Window {
  constructor(private readonly _most: number) {}

  /** Resolves when one more may be begun. @throws what a task failed with. */
  async enter(): Promise<void> {
    this._check();
    while (this._open >= this._most) {
      await this._next();
      this._check();
    }
  }

  run(task: Promise<unknown>): void {
    this._open += 1;
    task
      .catch(error => {
        this._failed ??= { error };
      })
      .finally(() => {
        this._open -= 1;
        this._wake();
      });
  }

  /** Resolves when nothing is under way. @throws what a task failed with. */
  async empty(): Promise<void> {
    while (this._open > 0) {
      this._check();
      await this._next();
    }
    this._check();
  }

  private _check(): void {
    if (this._failed) {
      throw this._failed.error;
    }
  }

  private _next(): Promise<void> {
    return new Promise(resolve => {
      this._wake = resolve;
    });
  }

  private _open = 0;
  private _failed: { error: unknown } | null = null;
  private _wake: () => void = () => undefined;
}
