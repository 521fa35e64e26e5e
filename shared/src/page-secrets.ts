import { Endpoint, type CallOptions, type EndpointOptions } from './endpoint.ts';
import { failure } from './error-table.ts';
import { SecretsError } from './errors.ts';
import { valueProblem } from './names.ts';
import { MAX_VALUE_BYTES, type NewSecret, type Secret, type SecretChanges, type SecretValue } from './secret.ts';
import type { ValueEncoding } from './values.ts';
import { isUsableUid, parseChanged, parseList } from './wire.ts';

/** What a page may call: no reveal. Every failure is a `SecretsError`. */
export interface PageSecrets {
  /** What is stored, without values, in the order of the service. */
  list(options?: CallOptions): Promise<Secret[]>;
  /** @throws conflict, too_large, invalid */
  create(secret: NewSecret, options?: CallOptions): Promise<Secret>;
  /**
   * Changes what differs, and never sends a value. Given a `Secret`, fields that are as there are left out.
   * @throws not_found, conflict, value_required where a service changes nothing without the value
   */
  update(secret: string | Secret, changes: SecretChanges, options?: CallOptions): Promise<Secret>;
  /**
   * A new value under the same name, in one step; the uid may be a new one.
   * @throws not_found, too_large, invalid
   */
  replaceValue(secret: string | Secret, value: SecretValue, options?: CallOptions): Promise<Secret>;
  /** For good. @throws not_found */
  delete(secret: string | Secret, options?: CallOptions): Promise<void>;
}

/** 10,000 secrets with the longest descriptions are about 42 MB; with usual ones 5 MB. */
const MAX_LIST = 1 << 26;

const SECRETS = '/api/iam/v1/secrets';

/** Datalayer's secrets API, less what brings a value: what a page has cannot even ask for one. */
export class PageSecretsClient implements PageSecrets {
  protected readonly endpoint: Endpoint;
  readonly #onSkipped: (count: number) => void;

  /** @throws invalid, reason `address` */
  constructor(options: EndpointOptions) {
    this.endpoint = new Endpoint(options);
    this.#onSkipped = options.onSkipped ?? (() => undefined);
  }

  /**
   * An item without a usable uid or name is left out and counted in `onSkipped`; where all are like that, the answer
   * makes no sense (`protocol`).
   */
  async list(options?: CallOptions): Promise<Secret[]> {
    const { secrets, skipped } = parseList(await this.endpoint.ask('GET', SECRETS, { ...options, maxBytes: MAX_LIST }));
    if (skipped > 0) this.#onSkipped(skipped);
    return secrets;
  }

  async create({ name, description, type, value }: NewSecret, options?: CallOptions): Promise<Secret> {
    const body = { name, description, variant: type, ...this.written(value) };
    const answer = await this.#naming(name, this.endpoint.ask('POST', SECRETS, { ...options, body }));
    return parseChanged(answer) ?? this.#only((secret) => secret.name === name, options);
  }

  async update(secret: string | Secret, changes: SecretChanges, options?: CallOptions): Promise<Secret> {
    const known = typeof secret === 'string' ? null : secret;
    const body = {
      ...(changes.name !== undefined && changes.name !== known?.name && { name: changes.name }),
      ...(changes.description !== undefined &&
        changes.description !== known?.description && { description: changes.description }),
      ...(changes.type !== undefined && changes.type !== known?.type && { variant: changes.type }),
    };
    if (Object.keys(body).length === 0) return known ?? this.#only(({ uid }) => uid === secret, options);
    return this.put(secret, body, options).catch((error: unknown) => {
      // One that wants name, description and value together refuses a part of them without saying so.
      const refused = error instanceof SecretsError && error.kind === 'invalid';
      const { field } = refused ? error.details : {};
      if (refused && (field === undefined || field === 'value') && !this.endpoint.named(error))
        throw failure('value_required', error.details);
      throw error;
    });
  }

  async replaceValue(secret: string | Secret, value: SecretValue, options?: CallOptions): Promise<Secret> {
    const body = this.written(value);
    const uid = usableUid(secret);
    const path = `/api/vault/v1/secrets/${encodeURIComponent(uid)}/replace`;
    const answer = parseChanged(await this.endpoint.ask('POST', path, { ...options, body }));
    if (answer) return answer;
    const name = typeof secret === 'string' ? null : secret.name;
    return this.#only((found) => (name === null ? found.uid === uid : found.name === name), options);
  }

  async delete(secret: string | Secret, options?: CallOptions): Promise<void> {
    await this.endpoint.ask('DELETE', pathOf(secret), options);
  }

  /** Where the answer lacks the secret it is listed: reading the one would reveal its value. */
  protected async put(secret: string | Secret, body: object, options: CallOptions | undefined): Promise<Secret> {
    const name = 'name' in body ? String(body.name) : undefined;
    const answer = await this.#naming(name, this.endpoint.ask('PUT', pathOf(secret), { ...options, body }));
    const uid = typeof secret === 'string' ? secret : secret.uid;
    return parseChanged(answer) ?? this.#only((found) => found.uid === uid, options);
  }

  /** The value as it goes over the wire, marked: bytes cannot tell plain text from base64. */
  protected written(value: SecretValue): { value: string; encoding: ValueEncoding } {
    const problem = valueProblem(value);
    if (problem && problem.bytes > MAX_VALUE_BYTES)
      throw failure('too_large', { bytes: problem.bytes, limit: problem.limit });
    if (problem) throw failure('invalid', { field: 'value', reason: 'surrogate' });
    return { value: value.expose(), encoding: 'plain' };
  }

  async #only(isIt: (secret: Secret) => boolean, options: CallOptions | undefined): Promise<Secret> {
    const [found, ...others] = (await this.list(options)).filter(isIt);
    if (!found || others.length > 0) throw failure('protocol', { reason: 'unconfirmed' });
    return found;
  }

  /** A conflict is always one of names here, and the caller knows which. */
  async #naming<T>(name: string | undefined, asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (name === undefined || !(error instanceof SecretsError) || error.kind !== 'conflict') throw error;
      throw failure('conflict', { ...error.details, name });
    }
  }
}

/** @throws not_found: nothing can be stored under such a uid */
function usableUid(secret: string | Secret): string {
  const uid = typeof secret === 'string' ? secret : secret.uid;
  if (!isUsableUid(uid)) throw failure('not_found');
  return uid;
}

export function pathOf(secret: string | Secret): string {
  return `${SECRETS}/${encodeURIComponent(usableUid(secret))}`;
}
