import { existsSync } from 'node:fs';
import { SecretsError, type ServiceStatus, type SlotKind } from '@datalayer-secrets/shared';
import { readSlotContent, type SlotContent } from '../keys/slot-content.ts';
import { slotKinds } from '../keys/slot-kinds.ts';
import { checkPresent, missing } from '../vault/vault-file.ts';
import type { Places } from './places.ts';

/** What the files of the vault tell without its key. */
export interface VaultLook {
  readonly slots: readonly SlotKind[];
  /** Why no key can open it: a file of it is gone, damaged, not readable, or of a newer release. */
  readonly fault: SecretsError | null;
}

/** Whether anything of a vault is there. Nothing may be made over it then. */
export function hasVault({ vaultDb, vaultJson }: Places): boolean {
  return existsSync(vaultJson) || existsSync(vaultDb);
}

/** Looks at each call anew: files are put back while the service runs. */
export function lookAtVault(places: Places): VaultLook {
  let content: SlotContent | null;
  try {
    content = readSlotContent(places.vaultJson);
    if (content === null && hasVault(places)) throw missing(places.vaultJson);
    if (content !== null) checkPresent(places.vaultDb);
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    return { slots: [], fault: error };
  }
  return { slots: slotKinds(content?.slots ?? []), fault: null };
}

/** The same as the status tells it. */
export function failureOf(fault: SecretsError | null): Pick<ServiceStatus, 'failure'> {
  return fault === null ? {} : { failure: { code: fault.kind, details: fault.details } };
}
