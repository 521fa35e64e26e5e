import { Coalesced, type SecretsError, toSecretsError } from '@datalayer-secrets/shared';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import type { IKernelSecrets } from '../tokens.ts';
import type { ActiveNotebook, NotebookPlace } from './active.ts';
import type { KernelEvent, KernelEvents } from './events.ts';
import type { Allowed, Grant, NotebookGrant, NotebookState } from './notebook-state.ts';
import type { KernelRoutes } from './routes.ts';

/** The notebook in which the user works, and what is known of it. */
export type ActiveState =
  | { readonly kind: 'none' }
  /** Nobody asked yet, or the answer is on its way. */
  | { readonly kind: 'unknown'; readonly place: NotebookPlace }
  /** It lies on another provider's drive: the server knows nothing of it. */
  | { readonly kind: 'elsewhere'; readonly place: NotebookPlace }
  | { readonly kind: 'known'; readonly place: NotebookPlace; readonly notebook: NotebookState }
  | { readonly kind: 'failed'; readonly place: NotebookPlace; readonly error: SecretsError };

export interface KernelSecretsOptions {
  readonly routes: KernelRoutes;
  readonly events: KernelEvents;
  readonly active: ActiveNotebook;
  /** Calls back each time events may have been missed, until what it returned is called. */
  readonly watchGaps: (missed: () => void) => () => void;
}

/**
 * Which notebook may use which secret. The state of the active notebook is asked for anew while somebody attends: when it is another
 * one, when its kernel begins anew or has taken what it was to take, and when the server says so. Never more than one question at a
 * time, and an answer about what is not so any more changes nothing.
 */
export class KernelSecrets implements IKernelSecrets {
  readonly changed = new Signal<this, void>(this);
  readonly told = new Signal<this, Exclude<KernelEvent, { readonly kind: 'state' }>>(this);
  readonly #routes: KernelRoutes;
  readonly #active: ActiveNotebook;
  readonly #watchGaps: KernelSecretsOptions['watchGaps'];
  readonly #asking = new Coalesced(() => this.#ask());
  #state: ActiveState;
  #attending = 0;
  #endWatch: () => void = () => undefined;

  constructor({ routes, events, active, watchGaps }: KernelSecretsOptions) {
    this.#routes = routes;
    this.#active = active;
    this.#watchGaps = watchGaps;
    this.#state = unasked(active.place);
    active.changed.connect(() => {
      this.#set(unasked(active.place));
      this.#askIfAttended();
    });
    active.stirred.connect((_, stir) => {
      const { notebook } = this.#state.kind === 'known' ? this.#state : {};
      if (stir === 'started' || notebook?.secrets.some(({ state }) => state === 'next_cell')) this.#askIfAttended();
    });
    events.heard.connect((_, event) => {
      if (event.kind !== 'state') this.told.emit(event);
      if (this.#state.kind !== 'known' || this.#state.notebook.id === event.notebook) this.#askIfAttended();
    });
  }

  get state(): ActiveState {
    return this.#state;
  }

  get panel(): NotebookPanel | null {
    return this.#active.panel;
  }

  placeOf(panel: NotebookPanel): NotebookPlace {
    return this.#active.placeOf(panel);
  }

  attend(): () => void {
    let attending = true;
    if (++this.#attending === 1) this.#endWatch = this.#watchGaps(() => this.#askIfAttended());
    this.#askIfAttended();
    return () => {
      if (attending && --this.#attending === 0) this.#endWatch();
      attending = false;
    };
  }

  async refresh(): Promise<ActiveState> {
    await this.#asking.ask();
    return this.#state;
  }

  of({ path, kernel }: NotebookPlace): Promise<NotebookState> {
    return this.#routes.state(path, kernel);
  }

  async allow(path: string, grant: Grant): Promise<Allowed> {
    const allowed = await this.#routes.allow(path, grant);
    this.#askIfAttended();
    return allowed;
  }

  async revoke(notebook: string, grant: Grant): Promise<void> {
    await this.#routes.revoke(notebook, grant);
    this.#askIfAttended();
  }

  async setRedaction(path: string, on: boolean): Promise<void> {
    await this.#routes.setRedaction(path, on);
    this.#askIfAttended();
  }

  grants(): Promise<NotebookGrant[]> {
    return this.#routes.grants();
  }

  #askIfAttended(): void {
    if (this.#attending > 0) void this.#asking.ask();
  }

  async #ask(): Promise<void> {
    const { place } = this.#active;
    if (!place?.onServer) return;
    const state = await this.#routes.state(place.path, place.kernel).then(
      (notebook): ActiveState => ({ kind: 'known', place, notebook }),
      (error: unknown): ActiveState => ({ kind: 'failed', place, error: toSecretsError(error) }),
    );
    if (place === this.#active.place) this.#set(state);
  }

  #set(state: ActiveState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.changed.emit();
  }
}

function unasked(place: NotebookPlace | null): ActiveState {
  if (!place) return { kind: 'none' };
  return { kind: place.onServer ? 'unknown' : 'elsewhere', place };
}
