import { type CallOptions, Endpoint, type Fetch } from '@datalayer-secrets/shared';
import { each, fields } from '@datalayer-secrets/shared/shape';

import {
  type Allowed,
  allowedShape,
  type Grant,
  grantShape,
  type NotebookGrant,
  notebookShape,
  type NotebookState,
} from './notebook-state.ts';

/** Bytes; ten thousand grants with long paths are about 5 MB. */
const MAX_GRANTS = 1 << 25;

/**
 * What the Jupyter server decides itself: which notebook may use which secret. Paths are those of its contents, without a drive.
 * All of it throws a SecretsError: no_service where the server has no such routes, not_found and invalid for what is no notebook, …
 */
export class KernelRoutes {
  readonly #endpoint: Endpoint;

  constructor(options: { readonly origin: string; readonly fetch: Fetch }) {
    this.#endpoint = new Endpoint({ ...options, own: true });
  }

  /** `kernel`: the id of the one that the notebook has in this page. */
  async state(path: string, kernel: string | null, options?: CallOptions): Promise<NotebookState> {
    const answer = await this.#endpoint.ask('POST', '/notebooks/state', { ...options, body: { path, kernel } });
    return fields({ notebook: notebookShape })(answer).notebook;
  }

  async grants(options?: CallOptions): Promise<NotebookGrant[]> {
    const answer = await this.#endpoint.ask('GET', '/grants', { ...options, maxBytes: MAX_GRANTS });
    return fields({ grants: each(grantShape) })(answer).grants;
  }

  async allow(path: string, { vault, name }: Grant): Promise<Allowed> {
    return allowedShape(await this.#endpoint.ask('POST', '/grants', { body: { path, vault, name } }));
  }

  /** It is all the same whether there was such a grant. `notebook`: its id. */
  async revoke(notebook: string, { vault, name }: Grant): Promise<void> {
    await this.#endpoint.ask('POST', '/grants/revoke', { body: { notebook, vault, name } });
  }

  async setRedaction(path: string, on: boolean): Promise<void> {
    await this.#endpoint.ask('PUT', '/notebooks/redaction', { body: { path, on } });
  }
}
