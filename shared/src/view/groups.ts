import { groupByType, type PendingSecret, type VaultView } from '../model/state.ts';
import type { Secret, SecretType } from '../secret.ts';

/** The secrets of one type, as a view groups them. */
export interface ShownGroup {
  readonly type: SecretType;
  readonly secrets: readonly Secret[];
  /** On their way into the vault; not listed as stored. */
  readonly creating: readonly PendingSecret[];
}

/** Lists keep their object while they are the same, so each is grouped once. */
const grouped = new WeakMap<readonly Secret[], ReturnType<typeof groupByType>>();

/** The groups of a vault; none while its secrets are not known. A type that is only being created has one already. */
export function shownGroups({ list, creating }: VaultView, typeFilter: SecretType | null): ShownGroup[] {
  if (!('secrets' in list)) return [];
  let known = grouped.get(list.secrets);
  if (!known) grouped.set(list.secrets, (known = groupByType(list.secrets)));
  const groups = new Map<SecretType, readonly Secret[]>(known.map(({ type, secrets }) => [type, secrets]));
  for (const { type } of creating) if (!groups.has(type)) groups.set(type, []);
  return [...groups]
    .filter(([type]) => typeFilter === null || type === typeFilter)
    .map(([type, secrets]) => ({ type, secrets, creating: creating.filter((one) => one.type === type) }));
}
