/** The types the service knows. Other services may send more; they are kept as they are. */
export const SECRET_TYPES = ['generic', 'password', 'key', 'token'] as const;
export type KnownSecretType = (typeof SECRET_TYPES)[number];
/** A known type, or whatever short string a service sent instead. */
export type SecretType = KnownSecretType | (string & Record<never, never>);

export type Scalar = string | number | boolean | null;

/** What is known of a secret without its value. */
export interface Secret {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly type: SecretType;
  /** What else the service sent: scalars only, and nothing whose name contains "value". */
  readonly kwargs: Readonly<Record<string, Scalar>>;
}

/** What a client sends to make a secret; the value travels beside it. */
export interface NewSecret {
  readonly name: string;
  readonly description: string;
  readonly type: SecretType;
  readonly value: SecretValue;
}

/** The fields that can change. A value cannot: it is replaced. */
export interface SecretChanges {
  readonly name?: string;
  readonly description?: string;
  readonly type?: SecretType;
}

/** A value may hold at most this many bytes of UTF-8. */
export const MAX_VALUE_BYTES = 65_536;

/**
 * A secret's value. It cannot be printed by accident: JSON, string conversion and Node's inspection show `[secret]`.
 * Only `expose()` gives the text, so every place that handles a value can be found by that word.
 */
export class SecretValue {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expose(): string {
    return this.#text;
  }

  /** Length in bytes of UTF-8, the unit of the limit. */
  get byteLength(): number {
    return new TextEncoder().encode(this.#text).byteLength;
  }

  toJSON(): string {
    return '[secret]';
  }

  toString(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** When the service says the secret was made, or undefined where it does not say. */
export function createdAt(secret: Secret): Date | undefined {
  const text = secret.kwargs['creation_ts_dt'];
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}
