import { existsSync } from 'node:fs';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';

/** Where set-up makes the vault; the first opening moves it to its place. */
export function stagedFile(file: string): string {
  return `${file}.new`;
}

/** @throws SecretsError vault_incomplete: neither the vault nor what set-up has made of it is there */
export function checkPresent(file: string): void {
  if (!existsSync(file) && !existsSync(stagedFile(file))) throw missing(file);
}

/** A file without which the vault cannot be opened. */
export function missing(file: string): SecretsError {
  const name = path.basename(file);
  return new SecretsError('vault_incomplete', `${name} is missing. Nothing was made in its place.`, {
    name,
    path: path.dirname(file),
  });
}
