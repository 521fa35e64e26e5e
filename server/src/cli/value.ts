import { MAX_VALUE_BYTES, SecretValue } from '@datalayer-secrets/shared';
import { UsageError } from './command.ts';
import { note } from './print.ts';
import { askHidden, isTerminal, readInput } from './terminal.ts';

/** Said where a word too many came: it may be a value. */
export const NO_ARGUMENT =
  'A value is never an argument, where every program on this machine could read it. Leave it out: it is asked for.';

/** A value: typed without being shown, or all of standard input as it is. @throws UsageError where there is none */
export async function readValue(question: string): Promise<SecretValue> {
  const value = isTerminal() ? await askHidden(question) : await readInput(MAX_VALUE_BYTES);
  if (!isTerminal() && /[\r\n]$/.test(value)) note('The value ends with a line break, which is kept.');
  if (value === '') throw new UsageError('The value is empty: nothing was typed, or nothing came from standard input.');
  return new SecretValue(value);
}
