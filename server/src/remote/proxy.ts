import tls from 'node:tls';
import { failure, type Fetch, type SecretsError } from '@datalayer-secrets/shared';
import { isLoopback } from './origin.ts';

type Undici = typeof import('undici');
type Environment = Readonly<Record<string, string | undefined>>;
interface Route {
  readonly undici: Undici;
  readonly agent: InstanceType<Undici['Agent'] | Undici['EnvHttpProxyAgent']>;
  readonly proxies: readonly URL[];
}

/**
 * `fetch` for services on other machines. It follows `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the given environment
 * (lower case wins, as in curl; `HTTP_PROXY` also serves https where there is no `HTTPS_PROXY`); a loopback address
 * never goes through a proxy. `undici` is loaded with the first call.
 *
 * Certificates: those that Node brings, those of the operating system (Node ≥ 22.15), and those of
 * `NODE_EXTRA_CA_CERTS`, a PEM file that Node itself reads once, when the process starts: the variable must be in the
 * environment the service was *started* with, and a change needs a restart.
 */
export class RemoteFetch {
  readonly #environment: Environment;
  #remote: Promise<Route> | undefined;
  #loopback: Promise<Route> | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @throws proxy where the proxy could not be reached or refused; all else as undici throws it. */
  readonly fetch: Fetch = async (url, init) => {
    const { undici, agent, proxies } = await this.#route(url);
    try {
      // undici's own fetch: Node's built-in one may be of another generation than this agent.
      const response: object = await undici.fetch(url, { ...(init as object), dispatcher: agent });
      return response as Response; // of another class than the global one, and alike in all that is used of it
    } catch (error) {
      throw proxyFailure(error, proxies, new URL(url).host) ?? error;
    }
  };

  async close(): Promise<void> {
    for (const route of [this.#remote, this.#loopback])
      await route?.then(({ agent }) => agent.destroy()).catch(() => undefined);
  }

  #route(url: string): Promise<Route> {
    return isLoopback(new URL(url).hostname)
      ? (this.#loopback ??= import('undici').then((undici) => ({ undici, agent: new undici.Agent(), proxies: [] })))
      : (this.#remote ??= import('undici').then((undici) => remoteRoute(undici, this.#environment)));
  }
}

function remoteRoute(undici: Undici, environment: Environment): Route {
  const http = proxyUrl(environment, 'http_proxy');
  const https = proxyUrl(environment, 'https_proxy') ?? http;
  const trust = trustedCertificates();
  const agent = new undici.EnvHttpProxyAgent({
    httpProxy: http?.href ?? '', // not undefined: undici would look into the environment of the process
    httpsProxy: https?.href ?? '',
    noProxy: setting(environment, 'no_proxy'),
    connect: trust,
    requestTls: trust,
    proxyTls: trust,
  });
  return { undici, agent, proxies: [http, https].filter((proxy) => proxy !== undefined) };
}

const setting = (environment: Environment, name: string) => environment[name] ?? environment[name.toUpperCase()] ?? '';

function proxyUrl(environment: Environment, name: string): URL | undefined {
  const text = setting(environment, name).trim();
  if (!text) return undefined;
  const url = text.includes('://') ? text : `http://${text}`; // "proxy.example:3128", as curl takes it
  if (URL.canParse(url)) return new URL(url);
  throw failure('proxy', { reason: 'setting' });
}

/** Absent before Node 22.15, where Node's own list and NODE_EXTRA_CA_CERTS hold; hence no named import. */
function trustedCertificates(): { secureContext?: tls.SecureContext } {
  if (typeof tls.getCACertificates !== 'function') return {};
  const all = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')].map((each) => each.trim());
  // Made once: reading hundreds of certificates takes longer than a handshake.
  return { secureContext: tls.createSecureContext({ ca: [...new Set(all)] }) };
}

/**
 * An error on the way to the proxy itself, or its refusal to open the tunnel, for the host that was asked for. Neither
 * says anything of that host. The proxy's own address may hold a password and is not named.
 */
function proxyFailure(error: unknown, proxies: readonly URL[], host: string): SecretsError | null {
  const cause = (error as Error).cause as
    { message?: string; hostname?: string; address?: string; port?: number } | undefined;
  if (!cause) return null;
  const refusal = /^Proxy response \((\d{3})\)/.exec(cause.message ?? '')?.[1];
  if (refusal !== undefined) return failure('proxy', { host, ...(refusal === '407' ? { reason: 'sign-in' } : {}) });
  const isProxy = (proxy: URL) =>
    cause.hostname === proxy.hostname || (cause.address !== undefined && cause.port === portOf(proxy));
  return proxies.some(isProxy) ? failure('proxy', { host }) : null;
}

const portOf = (proxy: URL) => Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
