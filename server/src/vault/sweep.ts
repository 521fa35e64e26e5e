/** Deleted bytes leave the disk this long after the last deletion, */
const DELAY_MS = 1000;
/** and at the latest this long after the first. */
const LIMIT_MS = 10_000;

/** Has the store cut its log some time after deletions, once for many. */
export class Sweep {
  readonly #work: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #first = 0;

  /** @param work false: it could not be done now */
  constructor(work: () => boolean) {
    this.#work = work;
  }

  request(): void {
    const now = performance.now();
    if (this.#timer === undefined) this.#first = now;
    else if (now - this.#first > LIMIT_MS - DELAY_MS) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#work()) this.request();
    }, DELAY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
