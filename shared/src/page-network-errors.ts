import type { networkError as inNode } from './network-errors.ts';

/** The same in a page, which learns that something broke but never what: nothing to tell Node's codes from each other. */
export const networkError: typeof inNode = (error) =>
  error instanceof DOMException && error.name === 'TimeoutError' ? { kind: 'timeout', details: {}, sent: true } : null;
