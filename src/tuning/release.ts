/**
 * Memory of large arrays, given back at once: the collector of the browser may
 * leave it for minutes, as it sees the small objects and not what they hold.
 */

/** A port with nobody at its other end: what is handed to it is gone. */
let nowhere: MessagePort | null = null;

/**
 * Nobody needs this array any more: it is empty afterwards, and so is every
 * other view of its buffer. `ArrayBuffer.transfer` would do for those made
 * here; those that came in a message or an answer have a second owner in the
 * browser, which lets go only when they are handed on in a message.
 */
export function release(data: Float32Array | null | undefined): void {
  if (!data || data.length === 0) {
    return;
  }
  if (!nowhere) {
    const { port1, port2 } = new MessageChannel();
    port1.close();
    nowhere = port2;
  }
  nowhere.postMessage(null, [data.buffer]);
}
