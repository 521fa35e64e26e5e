/**
 * The words of the view, apart from the view: what is said of a type, a secret, a vault. Names and descriptions come from
 * services and are shown as what they are.
 */
import { createdAt, type Secret, type SecretType } from '../secret.ts';
import { oneLine, type Translate } from '../text.ts';
import type { ServiceStatus, VaultInfo } from '../vaults.ts';

/** Plural name of a type; a type we do not know keeps its own. */
export function typeName(t: Translate, type: SecretType): string {
  switch (type) {
    case 'generic':
      return t('Generic');
    case 'password':
      return t('Passwords');
    case 'key':
      return t('Keys');
    case 'token':
      return t('Tokens');
    default:
      return oneLine(type);
  }
}

/** Name of a type for one secret of it. */
export function typeOfOne(t: Translate, type: SecretType): string {
  switch (type) {
    case 'password':
      return t('Password');
    case 'key':
      return t('Key');
    case 'token':
      return t('Token');
    case 'generic':
    default:
      return typeName(t, type);
  }
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago `date` was, in one unit, rounded down; both in milliseconds. */
export function age(t: Translate, date: number, now: number): string {
  const [count, unit] = elapsed(date, now);
  switch (unit) {
    case null:
      return t('now');
    case 'minute':
      return t('{count} min', { count });
    case 'hour':
      return t('{count} h', { count });
    case 'day':
      return t('{count} d', { count });
    case 'month':
      return t('{count} months', { count });
    case 'year':
      return t('{count} years', { count });
  }
}

type Unit = 'minute' | 'hour' | 'day' | 'month' | 'year';

function elapsed(date: number, now: number): [count: number, unit: Unit | null] {
  const past = now - date;
  if (past < MINUTE) return [0, null];
  if (past < HOUR) return [Math.floor(past / MINUTE), 'minute'];
  if (past < DAY) return [Math.floor(past / HOUR), 'hour'];
  if (past < 60 * DAY) return [Math.floor(past / DAY), 'day'];
  if (past < 730 * DAY) return [Math.floor(past / (30.44 * DAY)), 'month'];
  return [Math.floor(past / (365.25 * DAY)), 'year'];
}

/** The same, as part of a sentence. */
export function ago(t: Translate, date: number, now: number): string {
  return now - date < MINUTE ? t('just now') : t('{age} ago', { age: age(t, date, now) });
}

/** Age, then description: the age is short, so it is seen in a narrow view too. */
export function secretDescription(t: Translate, secret: Secret, now: number): string {
  const created = createdAt(secret);
  const parts = [created ? age(t, created.getTime(), now) : '', oneLine(secret.description)];
  return parts.filter((part) => part !== '').join('  ');
}

/** The same, in whole words of a language, for who hears it. */
function agoInWords(t: Translate, language: string, date: number, now: number): string {
  const [count, unit] = elapsed(date, now);
  return unit === null ? t('just now') : new Intl.RelativeTimeFormat(language).format(-count, unit);
}

/** What a screen reader says of a secret. `language`: of the editor, as a BCP 47 tag. */
export function secretSpoken(t: Translate, secret: Secret, now: number, language: string): string {
  const created = createdAt(secret);
  const parts = [
    oneLine(secret.name),
    typeOfOne(t, secret.type),
    created ? t('created {ago}', { ago: agoInWords(t, language, created.getTime(), now) }) : '',
    oneLine(secret.description),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What a remote vault is shown as. */
export function vaultName(t: Translate, info: VaultInfo): string {
  return info.kind === 'local' ? t('Local vault') : oneLine(info.label) || info.id;
}

/** Where a vault is or whose it is, how it opens or is remembered: `on myhost`, `@ada, not remembered`. */
export function vaultDescription(t: Translate, info: VaultInfo, status: ServiceStatus): string {
  const place = info.kind === 'local' ? t('on {host}', { host: oneLine(status.host) }) : handleOf(info);
  const locked = info.kind === 'local' && status.state === 'locked' && info.state !== 'failed';
  const state = locked ? t('locked') : remembered(t, info);
  return [place, state, ...cautions(t, info, status)].filter((part) => part !== '').join(', ');
}

/** What is missing in a list, and what to do about it. */
export function damage(t: Translate, count: number): string {
  const what =
    count === 1
      ? t('1 secret cannot be read: it was changed from outside. It is not listed.')
      : t('{count} secrets cannot be read: they were changed from outside. They are not listed.', { count });
  const advice = t('Run “datalayer-secrets audit verify” to see where, and restore the vault from a copy.');
  return `${what} ${advice}`;
}

/** The account of a remote vault, as it is written where it comes from. */
export function handleOf({ account }: VaultInfo): string {
  return account ? `@${oneLine(account.handle)}` : '';
}

/** What the user should know of a vault as it is now, as parts of a sentence. */
function cautions(t: Translate, info: VaultInfo, status: ServiceStatus): string[] {
  if (info.kind === 'local') return status.openedBy === 'file' ? [t('opened by key file')] : [];
  const place = info.tokenPlace;
  return [
    ...(place === 'environment' ? [t('by DATALAYER_API_KEY, not remembered')] : []),
    ...(place === 'nowhere' ? [t('sign-in not remembered')] : []),
    // Uses of remote secrets are recorded in the local vault, while that is open.
    ...(status.state === 'open' ? [] : [t('uses not recorded here')]),
  ];
}

function remembered(t: Translate, { kind, tokenPlace }: VaultInfo): string {
  switch (tokenPlace) {
    case 'sealed':
      return t('remembered in the local vault');
    case 'own-entry':
      return t('remembered in the keychain');
    case 'shared-entry':
      return t('remembered, shared with the Datalayer CLI');
    case 'environment':
    case 'nowhere':
      return '';
    case null:
      return kind === 'local' ? '' : t('signed out');
  }
}
