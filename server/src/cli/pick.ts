import type { Secret } from '@datalayer-secrets/shared';
import { UsageError } from './command.ts';

/**
 * The secret of this UID or name, or null. A UID is one secret for sure; a name may be several in vaults that allow it.
 * @throws UsageError naming the UIDs
 */
export function pick(secrets: readonly Secret[], word: string): Secret | null {
  const found = secrets.filter(({ uid }) => uid === word);
  const named = found.length > 0 ? found : secrets.filter(({ name }) => name === word);
  if (named.length > 1) {
    const uids = named.map(({ uid }) => uid).join(', ');
    throw new UsageError(`Several secrets have this name. Choose one by its UID: ${uids}.`);
  }
  return named[0] ?? null;
}
