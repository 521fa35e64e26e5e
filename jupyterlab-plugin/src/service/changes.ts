import { failure, type ChangeListener, type ChangeSource, type SecretsError } from '@datalayer-secrets/shared';
import type { IStream } from '@lumino/signaling';
import type { Event } from '@jupyterlab/services';

/** As the server extension emits it: `{ vault, revision }`, or `{ lost: true }`. */
export const CHANGES_SCHEMA = 'https://events.datalayer.io/jupyterlab_datalayer_secrets/changes/v1';

/** Of no vault as it is: whoever hears of it asks for the present one. */
const UNKNOWN_REVISION = -1;

interface Subscriber {
  readonly changed: ChangeListener;
  readonly lost: (error: SecretsError) => void;
  readonly end: () => void;
}

/**
 * Changes of all vaults, as they come over the socket that JupyterLab has already. The newest revision of each vault is kept
 * from the beginning and told to whoever subscribes: a change between a listing and the subscription is not missed.
 */
export class ServerChanges {
  readonly #watchGaps: (missed: () => void) => () => void;
  readonly #subscribers = new Set<Subscriber>();
  readonly #newest = new Map<string, number>();

  /** `watchGaps`: calls back each time events may have been missed, until what it returned is called. */
  constructor(events: IStream<unknown, Event.Emission>, watchGaps: (missed: () => void) => () => void) {
    this.#watchGaps = watchGaps;
    events.connect((_, emission) => this.#hear(emission));
  }

  readonly source: ChangeSource = (changed, lost) => {
    const end = this.#watchGaps(() => changed({ vault: 'local', revision: UNKNOWN_REVISION }));
    const subscriber = { changed, lost, end };
    this.#subscribers.add(subscriber);
    for (const [vault, revision] of [...this.#newest]) changed({ vault, revision });
    return () => {
      end();
      this.#subscribers.delete(subscriber);
    };
  };

  /** No more will come: the service ended, or the Jupyter Server. */
  lose(error: SecretsError): void {
    this.#newest.clear();
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const { lost, end } of subscribers) {
      end();
      lost(error);
    }
  }

  /** Whoever can emit events can emit these, so they are reasons to ask and nothing more. */
  #hear(emission: Event.Emission): void {
    if (emission.schema_id !== CHANGES_SCHEMA) return;
    const { vault, revision, lost } = emission;
    if (lost === true) this.lose(failure('offline'));
    if (typeof vault !== 'string' || typeof revision !== 'number') return;
    this.#newest.set(vault, revision);
    for (const { changed } of [...this.#subscribers]) changed({ vault, revision });
  }
}
