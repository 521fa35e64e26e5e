import {
  descriptionProblem,
  MAX_VALUE_BYTES,
  nameProblem,
  SecretsError,
  type SecretType,
} from '@datalayer-secrets/shared';

const TYPE = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What the vault stores, whoever asks: the last wall behind the checks of every client, with the same rules. */
export function checkName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== null) throw new SecretsError('invalid', problem.message, { field: 'name' });
}

export function checkDescription(description: string): void {
  const problem = descriptionProblem(description);
  if (problem === null) return;
  const { message, length, limit } = problem;
  const why = length > limit ? { length, limit } : { reason: 'unseen-characters' };
  throw new SecretsError('invalid', message, { field: 'description', ...why });
}

export function checkType(type: SecretType): void {
  if (TYPE.test(type)) return;
  const rule = 'A type is a short word of lower-case letters, digits, dots, hyphens and underscores.';
  throw new SecretsError('invalid', rule, { field: 'type' });
}

/** Any bytes will do, text or not. */
export function checkValue({ length: bytes }: Uint8Array): void {
  if (bytes <= MAX_VALUE_BYTES) return;
  const message = `The value has ${bytes} bytes; at most ${MAX_VALUE_BYTES} are possible.`;
  throw new SecretsError('too_large', message, { field: 'value', bytes, limit: MAX_VALUE_BYTES });
}
