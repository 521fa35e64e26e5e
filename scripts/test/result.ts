export type State = 'passed' | 'failed' | 'skipped';

/** One test of any layer. */
export interface Result {
  readonly name: string;
  readonly state: State;
  readonly ms: number;
  /** Why it failed or was skipped. */
  readonly message?: string;
}
