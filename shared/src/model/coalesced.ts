/**
 * Work that runs once at a time. However often it is asked for during a run, exactly one more run follows; those who
 * ask before a run has begun share it.
 */
export class Coalesced {
  readonly #work: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** `work` keeps its failures to itself. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when the run that answers this call is over. */
  ask(): Promise<void> {
    const next = (this.#next ??= this.#running.then(() => {
      this.#running = next;
      this.#next = undefined;
      return this.#work();
    }));
    return next;
  }
}
