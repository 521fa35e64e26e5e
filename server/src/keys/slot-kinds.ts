import type { SlotKind } from '@datalayer-secrets/shared';

export const SLOT_KINDS = ['keychain', 'passphrase', 'file'] as const satisfies readonly SlotKind[];

/** The slots of kinds that this release knows, in one order. */
export function slotKinds(slots: readonly { readonly kind: string }[]): SlotKind[] {
  return SLOT_KINDS.filter((kind) => slots.some((slot) => slot.kind === kind));
}
