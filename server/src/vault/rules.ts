import { MAX_VALUE_BYTES, SecretsError, type SecretType } from '@datalayer-secrets/shared';

export const MAX_NAME_LENGTH = 255;
export const MAX_DESCRIPTION_LENGTH = 4096;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/u;
const TYPE = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What the vault stores, whoever asks: the last wall behind the checks of every client. Lengths count characters. */
export function checkName(name: string): void {
  const length = lengthOf(name);
  if (length === 0) throw new SecretsError('invalid', 'A secret needs a name.', { field: 'name' });
  if (length > MAX_NAME_LENGTH)
    throw new SecretsError('invalid', `A name has at most ${MAX_NAME_LENGTH} characters; this one has ${length}.`, {
      field: 'name',
      length,
      limit: MAX_NAME_LENGTH,
    });
  if (CONTROL.test(name) || !name.isWellFormed())
    throw new SecretsError('invalid', 'A name cannot hold control characters.', { field: 'name' });
}

export function checkDescription(description: string): void {
  const length = lengthOf(description);
  if (length > MAX_DESCRIPTION_LENGTH)
    throw new SecretsError(
      'invalid',
      `A description has at most ${MAX_DESCRIPTION_LENGTH} characters; this one has ${length}.`,
      { field: 'description', length, limit: MAX_DESCRIPTION_LENGTH },
    );
  if (!description.isWellFormed())
    throw new SecretsError('invalid', 'The description is no valid Unicode text.', { field: 'description' });
}

export function checkType(type: SecretType): void {
  if (!TYPE.test(type))
    throw new SecretsError(
      'invalid',
      'A type is a short word of lower-case letters, digits, dots, hyphens and underscores.',
      {
        field: 'type',
      },
    );
}

export function checkValue(value: Uint8Array): void {
  if (value.length > MAX_VALUE_BYTES)
    throw new SecretsError('too_large', `A value has at most ${MAX_VALUE_BYTES} bytes; this one has ${value.length}.`, {
      field: 'value',
      bytes: value.length,
      limit: MAX_VALUE_BYTES,
    });
}

function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) if (character !== '') length++;
  return length;
}
