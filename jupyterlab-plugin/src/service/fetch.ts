import { failure, type Fetch } from '@datalayer-secrets/shared';
import { ServerConnection } from '@jupyterlab/services';

/** Of what stands before a Jupyter Server: the server itself is not there (424 is JupyterHub's word for that). */
const GATEWAY = [424, 502, 503, 504];

/** Routes that change nothing, although what they ask for takes a body. */
const READING = /\/(ensure|notebooks\/state)$/;

/**
 * Requests to our part of the Jupyter Server, with the page's own sign-in to it. What Jupyter or something before it answers,
 * rather than our part, has no `code`; it becomes an error that says so.
 */
export function jupyterFetch(settings: ServerConnection.ISettings): Fetch {
  return async (url, init) => {
    const safe = init.method === 'GET' || READING.test(url);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, settings);
    } catch (error) {
      // What would change something may have arrived: the client says that.
      throw safe ? failure('offline', { reason: 'jupyter' }) : error;
    }
    const { status, type } = response;
    // Our routes never redirect; Jupyter does so to its sign-in, of which a page is told no more than that.
    if (type === 'opaqueredirect' || (status >= 300 && status < 400))
      throw failure('unauthenticated', { reason: 'jupyter' });
    if (response.ok || (await isOurs(response.clone()))) return response;
    if (status === 401 || status === 403) throw failure('unauthenticated', { reason: 'jupyter' });
    if (status === 404) throw failure('no_service', { reason: 'extension' });
    if (safe && GATEWAY.includes(status)) throw failure('offline', { reason: 'jupyter' });
    return response;
  };
}

async function isOurs(response: Response): Promise<boolean> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
