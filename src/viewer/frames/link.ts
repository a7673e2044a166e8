/**
 * How fast images come from where they are, and how to ask for them then.
 */

/** Bytes a second below which images come in 16 bits, a coarse one first. */
export const SLOW = 20e6;
/** Taken for a link to a cluster before anything came over it: 10 Mbit/s. */
const UNKNOWN = 1.25e6;
/** Seconds that a coarse image may be on its way. */
const GLANCE = 0.3;
/** Smaller transfers tell more of delays than of rates. */
const LEAST = 32_768;
/** Seconds for which a busy page may not look at what has come: that is not the link's. */
const STALL = 0.1;
/** Weight of the newest transfer. */
const NEWEST = 0.5;
const MOST_BIN = 64;

/** Rates of the links of this page, by the resource at their other end. */
export class Links {
  /** Take the time of a transfer into account. */
  observe(
    resource: string,
    { bytes, seconds }: { bytes: number; seconds: number }
  ): void {
    // A clock of the browser may not tick in so short a time.
    const rate = bytes / Math.max(seconds, 1e-4);
    if (bytes < LEAST || (rate < SLOW && seconds < STALL)) {
      return;
    }
    const before = this._rates.get(resource);
    this._rates.set(
      resource,
      before === undefined ? rate : before + NEWEST * (rate - before)
    );
  }

  /** Bytes a second; null while nothing is known of this server's own link. */
  rate(resource: string): number | null {
    return this._rates.get(resource) ?? (resource ? UNKNOWN : null);
  }

  /** Seconds that so many bytes will take; 0 while nothing is known. */
  seconds(resource: string, bytes: number): number {
    const rate = this.rate(resource);
    return rate === null ? 0 : bytes / rate;
  }

  isSlow(resource: string): boolean {
    const rate = this.rate(resource);
    return rate !== null && rate < SLOW;
  }

  /**
   * How coarse a first look is.
   *
   * @param pixels of the whole image
   * @returns width of its pixels in those of the image; 1: it needs no first look
   */
  coarseness(resource: string, pixels: number): number {
    const rate = this.rate(resource);
    if (rate === null || rate >= SLOW) {
      return 1;
    }
    const bin = Math.ceil(Math.sqrt((2 * pixels) / (GLANCE * rate)));
    return Math.min(MOST_BIN, Math.max(1, bin));
  }

  private readonly _rates = new Map<string, number>();
}

/** Those of this page. */
export const links = new Links();
