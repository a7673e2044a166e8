/** A frame as one piece, where a cut in its middle must still be told in words. */
import { ProxyError } from '../failure';
import type { IAnswer } from './agent';

/** Bytes; a larger frame goes through piece by piece. */
const MOST = 256 << 20;

/**
 * The bytes of an answer's frame.
 *
 * @throws ProxyError when the agent ends before it is whole.
 */
export async function wholeFrame({
  header,
  frame
}: IAnswer): Promise<ArrayBuffer | ReadableStream<Uint8Array>> {
  const values = (header.shape ?? []).reduce((a, b) => a * b, 1);
  if (values * 4 > MOST) {
    return frame;
  }
  try {
    return await new Response(frame).arrayBuffer();
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
