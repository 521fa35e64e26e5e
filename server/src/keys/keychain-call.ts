/** What is asked of the keychain's library in its own process, as one line of JSON on standard input. */
export interface KeychainCall {
  readonly action: 'get' | 'set' | 'delete' | 'accounts';
  readonly service: string;
  readonly account: string;
  /** For `set` only. */
  readonly password: string;
}

/** Why the library did not do it. `refused`: at once, so nobody was asked; `dismissed`: somebody said no. */
export const KEYCHAIN_FAILURES = [
  'not-loadable',
  'ambiguous',
  'refused',
  'dismissed',
  'no-answer',
  'too-long',
  'failed',
] as const;
export type KeychainFailure = (typeof KEYCHAIN_FAILURES)[number];

/** One line of JSON on standard output. */
export type KeychainAnswer =
  | { readonly ok: true; readonly value: string | boolean | string[] | null }
  | { readonly ok: false; readonly failure: KeychainFailure };

/** The word that makes the program be this process instead of a command line. */
export const KEYCHAIN_PROCESS = 'keychain-process';
