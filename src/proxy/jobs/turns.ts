/** Work in turns: of one place one after the other, of different places side by side. */
export class Turns {
  /** @returns what the work gives; a failure holds up nobody behind it. */
  take<T>(place: string, work: () => Promise<T>): Promise<T> {
    const made = (this._last.get(place) ?? Promise.resolve()).then(work);
    const settled = made.then(
      () => undefined,
      () => undefined
    );
    this._last.set(place, settled);
    void settled.then(() => {
      if (this._last.get(place) === settled) {
        this._last.delete(place);
      }
    });
    return made;
  }

  private readonly _last = new Map<string, Promise<void>>();
}
