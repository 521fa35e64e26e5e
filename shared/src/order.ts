import type { Secret } from './secret.ts';

const { compare } = new Intl.Collator('en', { numeric: true });

/** The order of secrets everywhere: by name as people count (KEY2 before KEY10), then by uid so that it is always the same. */
export function byName(a: Secret, b: Secret): number {
  return compare(a.name, b.name) || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}
