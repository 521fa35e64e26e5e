import type { CallOptions } from '../endpoint.ts';
import type { PageSecrets } from '../page-secrets.ts';
import type { NewSecret, Secret, SecretChanges, SecretValue } from '../secret.ts';
import type { VaultView } from './state.ts';

/** One change of a vault: how it is sent, what the state shows meanwhile, and what the list is once it is stored. */
export interface Command<T> {
  readonly send: (secrets: PageSecrets) => Promise<T>;
  readonly begin?: (view: VaultView) => VaultView;
  readonly end?: (view: VaultView) => VaultView;
  readonly apply: (secrets: readonly Secret[], stored: T) => readonly Secret[];
}

export function creation(secret: NewSecret, options: CallOptions | undefined): Command<Secret> {
  const pending = Object.freeze({ name: secret.name, type: secret.type });
  return {
    send: (secrets) => secrets.create(secret, options),
    begin: (view) => ({ ...view, creating: [...view.creating, pending] }),
    end: (view) => ({ ...view, creating: view.creating.filter((other) => other !== pending) }),
    apply: (secrets, stored) => [...without(secrets, stored.uid), stored],
  };
}

export function alteration(secret: Secret, changes: SecretChanges, options: CallOptions | undefined): Command<Secret> {
  return {
    send: (secrets) => secrets.update(secret, changes, options),
    apply: (secrets, stored) => [...without(secrets, secret.uid), stored],
  };
}

export function replacement(secret: Secret, value: SecretValue, options: CallOptions | undefined): Command<Secret> {
  return {
    send: (secrets) => secrets.replaceValue(secret, value, options),
    apply: (secrets, stored) => [...without(secrets, secret.uid), stored],
  };
}

export function deletion(secret: Secret, options: CallOptions | undefined): Command<void> {
  return {
    send: (secrets) => secrets.delete(secret, options),
    begin: (view) => ({ ...view, deleting: new Set([...view.deleting, secret.uid]) }),
    end: (view) => ({ ...view, deleting: new Set([...view.deleting].filter((uid) => uid !== secret.uid)) }),
    apply: (secrets) => without(secrets, secret.uid),
  };
}

function without(secrets: readonly Secret[], uid: string): readonly Secret[] {
  return secrets.filter((secret) => secret.uid !== uid);
}
