/** Time as the service sees it; tests bring their own. */
export interface Clock {
  now(): number;
  /** Calls once after `ms`; returns the undoing. Never keeps the process alive by itself. */
  after(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const MINUTE = 60_000;

export interface LifeOptions {
  readonly clock: Clock;
  /** True while ending would cost the user an unlock or a sign-in. */
  pinned(): boolean;
  end(): void;
  /** Milliseconds without a request or a stream; `Infinity`: never ends by itself. */
  readonly idleMs?: number;
  readonly pinnedMs?: number;
  readonly leaveMs?: number;
}

/** When the service ends by itself: unused for a while, and sooner after a client said that it will not come back. */
export class Life {
  readonly #options: Required<LifeOptions>;
  #lastUse: number;
  #left = false;
  #streams = 0;
  #cancel: () => void = () => undefined;
  #ended = false;

  constructor(options: LifeOptions) {
    this.#options = { idleMs: 15 * MINUTE, pinnedMs: 12 * 60 * MINUTE, leaveMs: 30_000, ...options };
    this.#lastUse = options.clock.now();
    this.#arm();
  }

  /** A request came. */
  touch(): void {
    this.#lastUse = this.#options.clock.now();
    this.#left = false;
  }

  /** A stream is open until the returned function is called. */
  hold(): () => void {
    this.touch();
    this.#streams++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#streams--;
      this.#lastUse = this.#options.clock.now();
      this.#arm();
    };
  }

  /** The asking client will not come back; if no other one does, the end is near. */
  leave(): void {
    this.#lastUse = this.#options.clock.now();
    this.#left = true;
    this.#arm();
  }

  /** Something that decides about the end has changed: the vault was opened or locked. */
  reconsider(): void {
    this.#arm();
  }

  dispose(): void {
    this.#ended = true;
    this.#cancel();
  }

  /** One timer, set to the earliest possible end and asked again then: a request costs no timer. */
  #arm(): void {
    this.#cancel();
    if (this.#ended || this.#streams > 0) return;
    const left = this.#lastUse + this.#patience() - this.#options.clock.now();
    if (left <= 0) {
      this.#ended = true;
      this.#options.end();
      return;
    }
    if (left !== Infinity) this.#cancel = this.#options.clock.after(left, () => this.#arm());
  }

  #patience(): number {
    const { idleMs, pinnedMs, leaveMs } = this.#options;
    if (idleMs === Infinity) return Infinity;
    if (this.#options.pinned()) return pinnedMs;
    return this.#left ? leaveMs : idleMs;
  }
}
