import { SecretsError } from '@datalayer-secrets/shared';
import type { Store } from './store.ts';

/** At most this much in one transaction, so that one commit does not hold up all others. */
const BATCH_JOBS = 256;
const BATCH_BYTES = 4 << 20;
/** At most this much waiting; what comes then is told to try again. */
const QUEUE_JOBS = 2048;
const QUEUE_BYTES = 32 << 20;

/** One unit of work: everything it does to the store happens, or nothing. It may run twice, so it wipes nothing. */
export interface Job<T> {
  /** Bytes it carries, for the bounds. */
  readonly bytes: number;
  readonly work: () => T;
  /** Records, in the same transaction, that `work` was refused and left no trace. */
  readonly refused?: (error: SecretsError) => void;
}

/** State in memory that moves with the transaction. */
export interface Follower {
  /** A point to come back to. */
  mark(): number;
  restore(mark: number): void;
  /** What was done is on disk. */
  settle(): void;
}

interface Waiting {
  readonly job: Job<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Gathers jobs and commits all that wait in one transaction, since it is the disk that takes the time. A job is answered
 * after COMMIT. A refused job (it throws a SecretsError) is undone alone; when the store fails, the whole transaction is
 * undone and each job gets one of its own, so that nobody suffers for another's.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #follower: Follower;
  readonly #full: () => void;
  readonly #queue: Waiting[] = [];
  #bytes = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  /** @param full called when the disk was full */
  constructor(store: Store, follower: Follower, full: () => void) {
    this.#store = store;
    this.#full = full;
    this.#follower = follower;
  }

  run<T>(job: Job<T>): Promise<T> {
    if (this.#queue.length >= QUEUE_JOBS || this.#bytes + job.bytes > QUEUE_BYTES)
      return Promise.reject(new SecretsError('busy', 'The service has too much to do. Try again in a moment.'));
    this.#bytes += job.bytes;
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ job, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    return this.#queue.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The requests of one turn of the event loop are read before `setImmediate` calls back, so they share a commit. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commit(this.#take());
      if (this.#queue.length > 0) this.#schedule();
      else for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  #take(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { job } of this.#queue) {
      if (count === BATCH_JOBS || (count > 0 && bytes + job.bytes > BATCH_BYTES)) break;
      count++;
      bytes += job.bytes;
    }
    this.#bytes -= bytes;
    return this.#queue.splice(0, count);
  }

  #commit(batch: Waiting[]): void {
    try {
      this.#store.begin();
    } catch (error) {
      for (const { reject } of batch) reject(this.#store.failure(error));
      return;
    }
    const failure = this.#attempt(batch);
    if (failure === null) return;
    if (batch.length > 1) for (const waiting of batch) this.#commit([waiting]);
    else {
      if (failure instanceof SecretsError && failure.kind === 'disk_full') this.#full();
      batch[0]?.reject(failure);
    }
  }

  /** Null when it is on disk and everybody is answered; else why it is not, with all undone. */
  #attempt(batch: Waiting[]): Error | null {
    const mark = this.#follower.mark();
    const answers: (() => void)[] = [];
    try {
      for (const waiting of batch) answers.push(this.#one(waiting));
      this.#store.commit();
    } catch (error) {
      this.#follower.restore(mark);
      this.#rollBack();
      return this.#store.failure(error);
    }
    this.#follower.settle();
    for (const answer of answers) answer();
    return null;
  }

  #one({ job, resolve, reject }: Waiting): () => void {
    const mark = this.#follower.mark();
    this.#store.savepoint();
    try {
      const value = job.work();
      this.#store.release();
      return () => resolve(value);
    } catch (error) {
      if (!(error instanceof SecretsError)) throw error;
      this.#follower.restore(mark);
      this.#store.undo();
      job.refused?.(error);
      return () => reject(error);
    }
  }

  #rollBack(): void {
    try {
      this.#store.rollback();
    } catch {
      // The failure that led here is the one to report; the next BEGIN fails as well if this one's transaction is still open.
    }
  }
}
