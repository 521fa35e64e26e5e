/** Deleted bytes leave the disk this long after the last deletion, */
const DELAY_MS = 1000;
/** and at the latest this long after the first. */
const LIMIT_MS = 10_000;
/** What cannot be done now, on a full disk say, is tried again, at least this often. */
const LONGEST_MS = 60_000;

/** Has the store move and cut its log some time after deletions, once for many. */
export class Sweep {
  readonly #work: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #first = 0;
  #delay = DELAY_MS;

  /** @param work false: it could not be done now */
  constructor(work: () => boolean) {
    this.#work = work;
  }

  request(): void {
    const now = performance.now();
    if (this.#timer === undefined) this.#first = now;
    else if (now - this.#first > LIMIT_MS - DELAY_MS) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), this.#delay).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    const done = this.#work();
    this.#delay = done ? DELAY_MS : Math.min(this.#delay * 2, LONGEST_MS);
    if (!done) this.request();
  }
}
