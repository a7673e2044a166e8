/**
 * A frame as one piece, where a cut in its middle must still be told in words,
 * and how long it was on its way.
 */
import { ProxyError } from '../failure';
import type { IAnswer } from './agent';

export interface IWholeFrame {
  readonly body: ArrayBuffer | ReadableStream<Uint8Array>;
  /** Milliseconds from its head to its end; null: it is on its way yet. */
  readonly transfer: number | null;
}

/**
 * The bytes of an answer's frame.
 *
 * @throws ProxyError when the agent ends before it is whole.
 */
export async function wholeFrame({
  frame,
  whole
}: IAnswer): Promise<IWholeFrame> {
  if (!whole) {
    return { body: frame, transfer: null };
  }
  try {
    const began = performance.now();
    const body = await whole;
    return { body, transfer: performance.now() - began };
  } catch (error) {
    if (error instanceof ProxyError) {
      throw error;
    }
    throw new ProxyError(
      502,
      'agent-cut',
      'The image broke off on its way from the cluster.',
      { where: 'agent', hint: 'Try again.', cause: error }
    );
  }
}
