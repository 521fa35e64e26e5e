import { failure } from '@datalayer-secrets/shared';

/** A part of our code that a page loads when it is first needed. */
export class Later<T> {
  readonly #fetch: () => Promise<T>;
  #loading: Promise<T> | null = null;
  #loaded: T | null = null;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Null until it is there. */
  get loaded(): T | null {
    return this.#loaded;
  }

  /**
   * Whoever asks again after a failure tries again.
   * @throws offline, reason `part`: the server is gone, or has another version of it by now
   */
  load(): Promise<T> {
    return (this.#loading ??= this.#fetch().then(
      (part) => (this.#loaded = part),
      () => {
        this.#loading = null;
        throw failure('offline', { reason: 'part' });
      },
    ));
  }
}

/** All that somebody sees of the extension but for messages. */
export const UI = new Later(() => import('./ui.ts'));
