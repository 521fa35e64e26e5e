import { toSecretsError } from '../error-table.ts';
import type { SecretsError } from '../errors.ts';
import type { ChangeListener, ChangeSource, ModelService } from './state.ts';

/** Pauses before a lost subscription is tried again: one second, doubled each time, a minute at most. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A subscription that lived so long had really been there; the next pause is short again. */
const STEADY_MS = 30_000;

export interface FeedOptions {
  readonly now: () => number;
  readonly changed: ChangeListener;
  readonly lost: (error: SecretsError) => void;
  readonly retry: () => void;
}

const nothing = (): void => undefined;

/** The one subscription to changes. What an ended one still says is not heard. */
export class ChangeFeed {
  readonly #options: FeedOptions;
  #current: { readonly service: ModelService; readonly since: number; stop: () => void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retries = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** How often it was tried to renew a lost one that is not there yet; 0 while it is there or was never lost. */
  get retries(): number {
    return this.#current ? 0 : this.#retries;
  }

  /** It was lost, and is tried again after a pause. */
  get pausing(): boolean {
    return this.#timer !== undefined;
  }

  /** Does nothing while there is a subscription to this service; one to another is ended. */
  subscribe(service: ModelService, changes: (service: ModelService) => ChangeSource): void {
    if (this.#current?.service === service) return;
    this.#stop();
    const current = { service, since: this.#options.now(), stop: nothing };
    this.#current = current;
    const lost = (error: unknown) => {
      if (this.#current === current) this.#lose(toSecretsError(error));
    };
    try {
      current.stop = changes(service)((change) => {
        if (this.#current === current) this.#options.changed(change);
      }, lost);
    } catch (error) {
      lost(error);
    }
    if (this.#current !== current) current.stop(); // lost before there was anything to undo
  }

  /** Calls `retry` after a pause, each time a longer one. */
  retryLater(): void {
    this.#endPause();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#retries++, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#options.retry();
    }, pause);
  }

  /** Ends the subscription and forgets that it was ever lost. */
  end(): void {
    this.#retries = 0;
    this.#stop();
  }

  #lose(error: SecretsError): void {
    const steady = this.#current && this.#options.now() - this.#current.since >= STEADY_MS;
    if (steady) this.#retries = 0;
    this.#stop();
    this.#options.lost(error);
  }

  #endPause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #stop(): void {
    this.#endPause();
    const current = this.#current;
    this.#current = undefined;
    current?.stop();
  }
}
