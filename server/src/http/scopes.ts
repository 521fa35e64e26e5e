import type { Scope } from '@datalayer-secrets/shared';
import { SecretsError } from '@datalayer-secrets/shared';

/** Everything a client can ask for. */
export type Action =
  | 'status'
  | 'open' // set up, unlock, lock, passphrase
  | 'sign-in'
  | 'list'
  | 'edit' // create, update, replace, delete
  | 'reveal'
  | 'audit'
  | 'stop'
  | 'name-place'; // name an origin or a key file: where something is sent or written

/** `page`: what a page in a browser may cause; `kernel`: what a notebook's process needs. */
const ALLOWED = {
  full: ['status', 'open', 'sign-in', 'list', 'edit', 'reveal', 'audit', 'stop', 'name-place'],
  page: ['status', 'open', 'sign-in', 'list', 'edit', 'audit'],
  kernel: ['list', 'reveal'],
} as const satisfies Record<Scope, readonly Action[]>;

export function mayDo(scope: Scope, action: Action): boolean {
  return (ALLOWED[scope] as readonly Action[]).includes(action);
}

/** @throws SecretsError `forbidden` */
export function authorize(scope: Scope, action: Action): void {
  if (!mayDo(scope, action)) throw new SecretsError('forbidden', 'This client is not allowed to do that.');
}
