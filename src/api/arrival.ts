/**
 * How long the body of a reply was on its way, as the browser's network saw
 * it: a page that is busy looks at what has come only later.
 */

export class Arrival {
  /** Begins before the request does. */
  constructor() {
    this._observer.observe({ type: 'resource' });
  }

  /** Look no more. */
  stop(): void {
    this._observer.disconnect();
  }

  /**
   * Seconds between the first and the last byte.
   *
   * @param url as the response tells it
   * @param bytes of the body, once all of them are here
   * @returns null when the browser did not note it
   */
  seconds(url: string, bytes: number): number | null {
    this._seen.push(...this._observer.takeRecords());
    const entry = this._seen.find(
      (each): each is PerformanceResourceTiming =>
        each instanceof PerformanceResourceTiming &&
        each.name === url &&
        each.decodedBodySize === bytes
    );
    return entry ? (entry.responseEnd - entry.responseStart) / 1000 : null;
  }

  private readonly _seen: PerformanceEntry[] = [];
  private readonly _observer = new PerformanceObserver(list =>
    this._seen.push(...list.getEntries())
  );
}
