import type { Fetch } from '@datalayer-secrets/shared';
import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';

import { jupyterFetch } from './fetch.ts';

/** Part of the address of our routes on the Jupyter Server. */
const ROUTE = 'datalayer-secrets';

/** Where our part of the Jupyter Server is asked, and how. */
export function serverPart(settings: ServerConnection.ISettings): { readonly origin: string; readonly fetch: Fetch } {
  return { origin: URLExt.join(settings.baseUrl, ROUTE), fetch: jupyterFetch(settings) };
}
