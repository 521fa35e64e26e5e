import path from 'node:path';
import { SecretsError, type SlotKind } from '@datalayer-secrets/shared';
import { createFile, replaceFile } from '../store/atomic-file.ts';
import { privateFile, privateFolder } from '../store/private-files.ts';
import { missing } from '../vault/vault-file.ts';
import { FORMAT, readSlotContent, type Slot, type SlotContent } from './slot-content.ts';
import { slotKinds } from './slot-kinds.ts';

export type { Slot } from './slot-content.ts';

/** `vault.json`: which vault this is, and the slots that each wrap its key. It holds nothing that must be kept secret. */
export class KeySlots {
  readonly id: string;
  readonly #home: string;
  readonly #content: SlotContent;

  private constructor(home: string, content: SlotContent) {
    this.#home = home;
    this.#content = content;
    this.id = content.id;
  }

  /**
   * Null when there is no vault yet.
   * @throws SecretsError newer_vault, integrity (it is damaged), vault_incomplete (it is missing beside a vault), bad_permissions
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws becomes a rejection
  static async load(home: string): Promise<KeySlots | null> {
    privateFolder(home);
    const content = readSlotContent(fileIn(home));
    if (content !== null) return new KeySlots(home, content);
    if (privateFile(path.join(home, 'vault.db'))) throw missing(fileIn(home));
    return null;
  }

  /** Writes the first slot of a new vault. @throws SecretsError already_set_up */
  static async create(home: string, id: string, slot: Slot): Promise<KeySlots> {
    const content = { format: FORMAT, id, slots: [slot] };
    if (!(await createFile(fileIn(home), write(content))))
      throw new SecretsError('already_set_up', 'There is a vault already.');
    return new KeySlots(home, content);
  }

  get kinds(): SlotKind[] {
    return slotKinds(this.#content.slots);
  }

  find(kind: SlotKind): Slot | undefined {
    return this.#content.slots.find((slot) => slot.kind === kind);
  }

  /** Adds a slot, or puts it in the place of the one of its kind. */
  async put(slot: Slot): Promise<KeySlots> {
    const slots = [...this.#content.slots.filter(({ kind }) => kind !== slot.kind), slot];
    const content = { ...this.#content, slots };
    await replaceFile(fileIn(this.#home), write(content));
    return new KeySlots(this.#home, content);
  }
}

function fileIn(home: string): string {
  return path.join(home, 'vault.json');
}

function write(content: SlotContent): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
