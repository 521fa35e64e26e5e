import type { MiddlewareHandler } from 'hono';
import { Refusal } from './refusal.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);

/**
 * Keeps pages out. A page that resolved its own name to this machine sends its own name as Host; any script that posts
 * here from another origin carries Origin or Sec-Fetch-Site; and OPTIONS, which asks for an exception, gets none.
 */
export function guard(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.header('host') !== `127.0.0.1:${port()}`) {
      throw new Refusal(421, 'offline', 'This address is not served here.');
    }
    const site = c.req.header('sec-fetch-site');
    if (c.req.header('origin') !== undefined || (site !== undefined && site !== 'none')) {
      throw new Refusal(403, 'forbidden', 'Web pages are not served.');
    }
    if (!METHODS.has(c.req.method)) throw new Refusal(403, 'forbidden', 'This method is not served.');
    await next();
  };
}
