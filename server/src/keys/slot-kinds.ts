import type { SlotKind } from '@datalayer-secrets/shared';

/** Format of vault.json. */
export const FORMAT = 1;
export const SLOT_KINDS = ['keychain', 'passphrase', 'file'] as const satisfies readonly SlotKind[];

/**
 * Which slots a parsed vault.json has. Every start asks this, so it is apart from the code that opens a slot, which takes
 * longer to load than the rest of the start; that code also says what is wrong with a file in which nothing is found here.
 */
export function slotKinds(content: unknown): SlotKind[] {
  const { format, slots } = fields(content);
  if (format !== FORMAT || !Array.isArray(slots)) return [];
  const kinds = slots.map((slot) => fields(slot)['kind']);
  return SLOT_KINDS.filter((kind) => kinds.includes(kind));
}

function fields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
