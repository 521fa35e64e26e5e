import type { ErrorKind, Fetch, KeychainState, SlotKind } from '@datalayer-secrets/shared';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Stored {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly variant: string;
}

const API = '/api/vault/v1';

/** The routes of the Jupyter server with a service behind them, in memory; it answers as the real one does. */
export class Jupyter {
  state: 'new' | 'locked' | 'open' = 'open';
  keychain: KeychainState = 'no-session-bus';
  slots: SlotKind[] = ['passphrase'];
  passphrase = '';
  /** Sign-in of the Datalayer CLI on this machine. */
  offered = false;
  token = '';
  /** Of every vault. */
  revision = 1;
  signedIn = false;
  readonly secrets = { local: [] as Stored[], datalayer: [] as Stored[] };
  /** What notebooks may use; the id of a notebook is here `id of ` and its path. */
  grants: { readonly notebook: string; readonly path: string; readonly vault: string; readonly name: string }[] = [];
  /** Paths of notebooks that do not exist any more. */
  readonly gone = new Set<string>();
  /** What the server says of every notebook, but for its path and id. */
  notebook: object = { stored: 'file', possible: true, why: null, kernel: 'live', redaction: true, secrets: [] };
  /** What was asked, without what is hidden in it. */
  readonly asked: string[] = [];
  #refusals: { readonly route: RegExp; readonly answer: () => Promise<Response | null> }[] = [];
  #uids = 0;
  #bodies: string[] | null = null;

  /** Fits where the client is to be asked at. */
  readonly origin = 'http://localhost/datalayer-secrets';

  add(name: string, { vault = 'local', description = '', variant = 'generic' } = {}): string {
    const uid = `uid-${++this.#uids}`;
    this.secrets[vault as 'local'].push({ uid, name, description, variant });
    return uid;
  }

  /** From now on notes down what is sent. */
  record(): readonly string[] {
    return (this.#bodies = []);
  }

  /** The next request that fits (`POST /…`) is answered so. */
  refuse(route: RegExp, status: number, code: ErrorKind, details: object = {}): void {
    this.#refusals.push({ route, answer: () => Promise.resolve(refusal(status, code, details)) });
  }

  /** The next request that fits gets no answer: the service was killed. */
  kill(route: RegExp): void {
    this.#refusals.push({ route, answer: () => Promise.reject(new TypeError('Failed to fetch')) });
  }

  /** The next request that fits waits until the returned function is called. */
  hold(route: RegExp): () => void {
    let go = (): void => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    this.#refusals.push({ route, answer: () => gone.then(() => refusal(503, 'busy')) });
    return go;
  }

  /** The next request that fits is answered as usual once the returned function is called. */
  delay(route: RegExp): () => void {
    let go = (): void => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    this.#refusals.push({ route, answer: () => gone.then(() => null) });
    return go;
  }

  /** Answers with the vault whose secret of this name the notebook could use before. */
  allow(path: string, vault: string, name: string): string | null {
    const before = this.grants.find((one) => one.path === path && one.name === name)?.vault ?? null;
    const others = this.grants.filter((one) => one.path !== path || one.name !== name);
    this.grants = [...others, { notebook: idOf(path), path, vault, name }];
    return before;
  }

  readonly fetch: Fetch = async (url, { method = 'GET', body, signal }) => {
    const path = url.slice(this.origin.length);
    const route = `${method} ${path}`;
    this.asked.push(route);
    if (typeof body === 'string') this.#bodies?.push(body);
    const at = this.#refusals.findIndex((one) => one.route.test(route));
    if (at !== -1) {
      const [{ answer } = { answer: undefined }] = this.#refusals.splice(at, 1);
      const planned = answer && (await Promise.race([answer(), ended(signal)]));
      if (planned) return planned;
    }
    const sent = typeof body === 'string' ? (JSON.parse(body) as Record<string, unknown>) : {};
    return this.#answer({ method, path, body: sent });
  };

  #answer({ method, path, body }: Request): Response {
    switch (`${method} ${path}`) {
      case 'POST /ensure':
        return answer({
          service: { state: this.state, version: '1.0.0' },
          policy: { localVault: true, apiKey: false },
        });
      case 'GET /grants':
        return answer({ grants: this.grants.map((grant) => ({ ...grant, exists: !this.gone.has(grant.path) })) });
      case 'POST /grants':
        return this.#allow(body);
      case 'POST /grants/revoke':
        this.grants = this.grants.filter(
          ({ notebook, name }) => notebook !== body['notebook'] || name !== body['name'],
        );
        return answer({});
      case 'PUT /notebooks/redaction':
        this.notebook = { ...this.notebook, redaction: body['on'] };
        return answer({});
      case 'POST /notebooks/state':
        return answer({ notebook: { ...this.notebook, id: idOf(body['path']), path: body['path'] } });
      case `GET ${API}/status`:
        return this.#status();
      case `POST ${API}/setup`:
        return this.#setUp(body);
      case `POST ${API}/unlock`:
        return this.#unlock(body);
      case `PUT ${API}/slots/passphrase`:
        if (this.state !== 'open') return refusal(423, 'locked');
        this.passphrase = textOf(body['passphrase']);
        return this.#status();
      case `GET ${API}/vaults`:
        return this.#vaults();
      case `POST ${API}/vaults`:
        return this.#signIn(body);
    }
    const [, vault = '', rest = ''] = /^\/vaults\/(\w+)(\/.*)$/.exec(path) ?? [];
    return this.#ofVault(vault as 'local', method, rest, body);
  }

  #ofVault(vault: 'local' | 'datalayer', method: string, path: string, body: Request['body']): Response {
    if (vault === 'local' && this.state !== 'open')
      return refusal(423, this.state === 'new' ? 'setup_needed' : 'locked');
    const secrets = this.secrets[vault];
    if (method === 'GET') return answer({ secrets });
    const uid = /secrets\/(uid-\d+)/.exec(path)?.[1];
    const at = secrets.findIndex((one) => one.uid === uid);
    if (uid !== undefined && at === -1) return refusal(404, 'not_found');
    const name = body['name'];
    if (secrets.some((one, index) => one.name === name && index !== at)) return refusal(409, 'conflict');
    const { name: renamed, description, variant } = { ...secrets[at], ...body } as Stored;
    const secret = { uid: uid ?? `uid-${++this.#uids}`, name: renamed, description, variant };
    if (at === -1) secrets.push(secret);
    else secrets[at] = secret;
    return answer({ secret }, 201);
  }

  #allow({ path, vault, name }: Request['body']): Response {
    const before = this.allow(textOf(path), textOf(vault), textOf(name));
    const already = before === vault;
    return answer({ notebook: idOf(path), already, replaced: already ? null : before }, 201);
  }

  #status(): Response {
    const { state, slots, keychain } = this;
    return answer({
      status: {
        version: '1.0.0', protocol: 1, host: 'ada-laptop', pid: 7, state, slots: state === 'new' ? [] : slots, keychain,
        openedBy: state === 'open' ? slots[0] : null, quietUnlock: false,
      },
    }); // prettier-ignore
  }

  #setUp(body: Request['body']): Response {
    if (this.state !== 'new') return refusal(409, 'already_set_up');
    this.state = 'open';
    this.slots = [body['slot'] as SlotKind];
    this.passphrase = textOf(body['passphrase']);
    return this.#status();
  }

  #unlock(body: Request['body']): Response {
    if (this.state === 'new') return refusal(423, 'setup_needed');
    if (body['slot'] === 'passphrase' && body['passphrase'] !== this.passphrase)
      return refusal(403, 'wrong_passphrase');
    this.state = 'open';
    return this.#status();
  }

  #vaults(): Response {
    const none = { account: null, tokenPlace: null, failure: null, revision: this.revision };
    const local = { ...none, id: 'local', kind: 'local', label: '', origin: null, state: this.state };
    const offers = this.offered ? [{ origin: 'https://prod1.datalayer.run', source: 'datalayer-cli' }] : [];
    return answer({ vaults: [local, ...(this.signedIn ? [this.#remote()] : [])], offers });
  }

  #signIn({ token, source, check }: Request['body']): Response {
    if (source !== 'datalayer-cli' && token !== this.token) return refusal(401, 'unauthenticated');
    if (check !== true) this.signedIn = true;
    return answer({ vault: check === true ? null : this.#remote(), account: ADA }, check === true ? 200 : 201);
  }

  #remote(): object {
    return {
      id: 'datalayer', kind: 'datalayer', label: 'Datalayer', origin: 'https://prod1.datalayer.run', state: 'ready', account: ADA,
      tokenPlace: 'own-entry', failure: null, revision: 1,
    }; // prettier-ignore
  }
}

function idOf(path: unknown): string {
  return `id of ${textOf(path)}`;
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field : '';
}

const ADA = { uid: 'u-1', handle: 'ada', email: 'ada@example.org' };

function answer(fields: object, status = 200): Response {
  return Response.json({ success: true, message: 'Done.', ...fields }, { status });
}

function refusal(status: number, code: ErrorKind, details: object = {}): Response {
  return Response.json({ success: false, code, message: 'Refused.', details }, { status });
}

function ended(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('Aborted.', 'AbortError')), { once: true });
  });
}
