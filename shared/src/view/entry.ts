/** What both editors say while something is entered: hints, and what is wrong with it before it is sent. */
import { toSecretsError } from '../error-table.ts';
import type { KnownSecretType, SecretValue } from '../secret.ts';
import { oneLine, type Translate } from '../text.ts';
import type { Account, KeychainState } from '../vaults.ts';

/** Which secrets are of a type. */
export function typeHint(t: Translate, type: KnownSecretType): string {
  switch (type) {
    case 'generic':
      return t('Anything else');
    case 'password':
      return t('Of a user, a database, …');
    case 'key':
      return t('API keys, private keys, key files');
    case 'token':
      return t('Access tokens, bearer tokens');
  }
}

/** Bytes of UTF-8. Shorter ones are guessed too soon by whoever gets hold of the vault's file. */
const SHORTEST_PASSPHRASE = 8;

/** What makes a new passphrase unusable, or null. */
export function passphraseProblem(t: Translate, passphrase: SecretValue): string | null {
  if (passphrase.byteLength >= SHORTEST_PASSPHRASE) return null;
  return t('It needs {count} characters or more. Several words are easy to keep in mind.', {
    count: SHORTEST_PASSPHRASE,
  });
}

/** Why the vault cannot be opened by a keychain here. */
export function keychainAbsence(t: Translate, state: KeychainState): string {
  switch (state) {
    case 'no-session-bus':
      return t('This session has no keychain.');
    case 'no-secret-service':
      return t('No keychain answers on this machine.');
    case 'not-loadable':
      return t('The keychain of this machine cannot be used: its library does not load.');
    case 'available':
    case 'unsupported':
      return t('This machine has no keychain that can be used.');
  }
}

/** Whether the keychain said no, which another way of opening can make up for. */
export function isKeychainRefusal(error: unknown): boolean {
  const { kind } = toSecretsError(error);
  return kind === 'no_keychain' || kind.startsWith('keychain_');
}

/** Whose sign-in it is. */
export function accountName({ handle, email }: Account): string {
  return oneLine(email === null || email === '' ? handle : `${handle} (${email})`);
}

/** The part of a secret that a service refused; null where it was none of them. */
export function faultyPart(error: unknown): 'name' | 'value' | 'description' | null {
  const { kind, details } = toSecretsError(error);
  if (kind === 'conflict') return 'name';
  if (kind === 'too_large') return 'value';
  const { field } = details;
  return field === 'name' || field === 'value' || field === 'description' ? field : null;
}
