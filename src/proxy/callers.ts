/** What every route reads of a request: who asks, and for what. */
import type { Context } from 'hono';

import { ProxyError } from './failure';

/**
 * The user that the relay names; no client can set it.
 *
 * @param services.user - who it is when the relay names nobody.
 */
export function userOf(c: Context, services: { user: string }): string {
  const header = c.req.header('X-Tomo-User');
  if (!header) {
    return services.user;
  }
  try {
    return decodeURIComponent(header);
  } catch {
    throw new ProxyError(
      400,
      'bad-request',
      'The name of the user cannot be read.',
      {
        where: 'X-Tomo-User'
      }
    );
  }
}

export async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch (error) {
    throw new ProxyError(400, 'bad-request', 'The request is not JSON.', {
      cause: error
    });
  }
}
