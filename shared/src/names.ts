import { isNeverExported } from './never-exported.ts';
import { MAX_VALUE_BYTES, SecretValue, type KnownSecretType } from './secret.ts';
import { inEnglish, type Translate } from './text.ts';
import { isWellFormed } from './values.ts';

/** Code points. What the service takes; editors warn about much less. */
export const MAX_NAME_LENGTH = 255;
/** Code points. */
export const MAX_DESCRIPTION_LENGTH = 4096;
/** A longer value is not exported: Linux and Windows refuse to start a process with such a variable. */
export const MAX_EXPORTED_BYTES = 32_000;

export interface NameProblem {
  readonly kind: 'empty' | 'too-long' | 'control-characters' | 'duplicate';
  readonly message: string;
}

export interface NameWarning {
  readonly kind: 'not-a-variable' | 'never-exported';
  readonly message: string;
}

export interface DescriptionProblem {
  readonly message: string;
  readonly length: number;
  readonly limit: number;
}

export interface ValueProblem {
  readonly message: string;
  readonly bytes: number;
  readonly limit: number;
}

/** Controls, line and paragraph separators, and marks that turn the direction of writing: with those, two names that differ can look alike. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** In a description line breaks and tabs are fine. */
const UNSEEN_IN_TEXT = /[^\P{Cc}\t\n\r]/u;

const length = (text: string) => Array.from(text).length;

/**
 * What makes a name unusable, or null. `existing` holds the names of the vault, for those that come out twice; a rename
 * leaves the old name out of it. Names differ when their letters differ, case included.
 */
export function nameProblem(
  name: string,
  existing: Iterable<string> = [],
  translate: Translate = inEnglish,
): NameProblem | null {
  if (name.trim() === '') return { kind: 'empty', message: translate('A secret needs a name.', {}) };
  if (UNSEEN.test(name) || !isWellFormed(name)) {
    return {
      kind: 'control-characters',
      message: translate(
        'A name cannot hold line breaks, control characters or other characters that are not seen.',
        {},
      ),
    };
  }
  if (length(name) > MAX_NAME_LENGTH) {
    const numbers = { length: length(name), limit: MAX_NAME_LENGTH };
    return {
      kind: 'too-long',
      message: translate('The name has {length} characters; at most {limit} are possible.', numbers),
    };
  }
  for (const other of existing) {
    if (other === name)
      return { kind: 'duplicate', message: translate('A secret named {name} exists already.', { name }) };
  }
  return null;
}

/** What should be said of a name that is allowed, or null. */
export function nameWarning(name: string, translate: Translate = inEnglish): NameWarning | null {
  if (!isVariableName(name)) {
    return {
      kind: 'not-a-variable',
      message: translate(
        'Not usable as an environment variable (letters, digits and _ only, no digit first): code has to ask for it by name.',
        {},
      ),
    };
  }
  if (isNeverExported(name)) {
    return {
      kind: 'never-exported',
      message: translate(
        '{name} steers how programs run, so it is never set as an environment variable: code has to ask for it by name.',
        { name },
      ),
    };
  }
  return null;
}

/** Whether every shell and system takes it as the name of an environment variable. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** What makes a description unusable, or null. Lengths are in characters (code points). */
export function descriptionProblem(description: string, translate: Translate = inEnglish): DescriptionProblem | null {
  const numbers = { length: length(description), limit: MAX_DESCRIPTION_LENGTH };
  if (numbers.length > MAX_DESCRIPTION_LENGTH) {
    return {
      message: translate('The description has {length} characters; at most {limit} are possible.', numbers),
      ...numbers,
    };
  }
  if (UNSEEN_IN_TEXT.test(description) || !isWellFormed(description)) {
    return { message: translate('A description cannot hold control characters.', {}), ...numbers };
  }
  return null;
}

/** What makes a value unusable, or null. Sizes are in bytes of UTF-8; the message holds both numbers. */
export function valueProblem(value: SecretValue | string, translate: Translate = inEnglish): ValueProblem | null {
  const text = typeof value === 'string' ? value : value.expose();
  const numbers = { bytes: new SecretValue(text).byteLength, limit: MAX_VALUE_BYTES };
  if (numbers.bytes > MAX_VALUE_BYTES) {
    return { message: translate('The value has {bytes} bytes; at most {limit} are possible.', numbers), ...numbers };
  }
  if (!isWellFormed(text)) {
    return {
      message: translate('The value holds half of a character (a lone surrogate) and could not be kept as it is.', {}),
      ...numbers,
    };
  }
  return null;
}

/** What is easily overlooked in a value; all of it is kept as it is. */
export function valueNotes(text: string, translate: Translate = inEnglish): string[] {
  const notes: [boolean, string][] = [
    [text === '', 'The value is empty.'],
    [text.startsWith('\ufeff'), 'Begins with a byte order mark.'],
    [/^(?!\ufeff)[^\S\r\n]/.test(text), 'Begins with a blank.'],
    [/^[\r\n]/.test(text), 'Begins with a line break.'],
    [/[^\S\r\n]$/.test(text), 'Ends with a blank.'],
    [/[\r\n]$/.test(text), 'Ends with a line break.'],
    [text.includes('\r\n'), 'Has Windows line ends (CRLF).'],
    [text.includes('\0'), 'Holds a NUL character, so it is never set as an environment variable.'],
    [
      new SecretValue(text).byteLength > MAX_EXPORTED_BYTES,
      'Is longer than {limit} bytes, so it is never set as an environment variable.',
    ],
  ];
  return notes.filter(([holds]) => holds).map(([, note]) => translate(note, { limit: MAX_EXPORTED_BYTES }));
}

// prettier-ignore
const WORDS: Readonly<Record<string, KnownSecretType>> = {
  password: 'password', passwd: 'password', passphrase: 'password', pass: 'password', pwd: 'password', pin: 'password',
  token: 'token', jwt: 'token', pat: 'token', bearer: 'token',
  key: 'key', apikey: 'key', keys: 'key', pem: 'key', cert: 'key', certificate: 'key',
};

/** Prefixes that issuers give their credentials, as their own documentation names them. */
const SHAPES: [RegExp, KnownSecretType][] = [
  [/^-----BEGIN [A-Z0-9 ]+-----/, 'key'],
  [/^(gh[oprsu]_|github_pat_|glpat-|hf_|npm_|pypi-|xox[abeprs]-|dop_v1_|eyJ[\w-]+\.eyJ)/, 'token'],
  [/^(sk-|sk_(live|test)_|rk_live_|AKIA|ASIA|AIza|SG\.|AGE-SECRET-KEY-)/, 'key'],
];

/** The likely type, from the last telling word of the name, else from the look of the value. */
export function guessType(name: string, value?: string): KnownSecretType {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .reverse();
  for (const word of words) {
    if (Object.hasOwn(WORDS, word)) return WORDS[word] as KnownSecretType;
  }
  return SHAPES.find(([shape]) => value !== undefined && shape.test(value))?.[1] ?? 'generic';
}
