import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SecretsError, type SlotKind } from '@datalayer-secrets/shared';
import * as z from 'zod/mini';
import { createFile, replaceFile } from '../store/atomic-file.ts';
import { privateFile, privateFolder } from '../store/private-files.ts';
import { FORMAT, SLOT_KINDS } from './slot-kinds.ts';

/** One way to the vault key. Kinds that this release does not know are kept as they are. */
const Slot = z.looseObject({ kind: z.string() });
export type Slot = z.infer<typeof Slot>;
const SlotFile = z.looseObject({
  format: z.number(),
  id: z.string().check(z.regex(/^[0-9a-z-]{1,64}$/)),
  slots: z.array(Slot),
});

/** `vault.json`: which vault this is, and the slots that each wrap its key. It holds nothing that must be kept secret. */
export class KeySlots {
  readonly id: string;
  readonly #home: string;
  readonly #content: z.infer<typeof SlotFile>;

  private constructor(home: string, content: z.infer<typeof SlotFile>) {
    this.#home = home;
    this.#content = content;
    this.id = content.id;
  }

  /**
   * Null when there is no vault yet.
   * @throws SecretsError newer_vault, integrity (it is damaged), vault_incomplete (it is missing beside a vault), bad_permissions
   */
  static async load(home: string): Promise<KeySlots | null> {
    const file = fileIn(home);
    privateFolder(home);
    if (!privateFile(file)) {
      if (!privateFile(path.join(home, 'vault.db'))) return null;
      throw new SecretsError('vault_incomplete', 'There is a vault (vault.db), but vault.json is missing.', {
        name: path.basename(file),
        path: home,
      });
    }
    return new KeySlots(home, parse(await readFile(file, 'utf8'), file));
  }

  /** Writes the first slot of a new vault. @throws SecretsError already_set_up */
  static async create(home: string, id: string, slot: Slot): Promise<KeySlots> {
    const content = { format: FORMAT, id, slots: [slot] };
    if (!(await createFile(fileIn(home), write(content))))
      throw new SecretsError('already_set_up', 'There is a vault already.');
    return new KeySlots(home, content);
  }

  get kinds(): SlotKind[] {
    return SLOT_KINDS.filter((kind) => this.find(kind) !== undefined);
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

function write(content: z.infer<typeof SlotFile>): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function parse(text: string, file: string): z.infer<typeof SlotFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(file);
  }
  const format = z.safeParse(z.looseObject({ format: z.number() }), json);
  if (format.success && format.data.format > FORMAT)
    throw new SecretsError(
      'newer_vault',
      `This vault was made by a newer release (key slots of format ${format.data.format}; this one knows ${FORMAT}). Update to open it; nothing was changed.`,
      { format: format.data.format, known: FORMAT },
    );
  const parsed = z.safeParse(SlotFile, json);
  if (!parsed.success) throw damaged(file);
  return parsed.data;
}

function damaged(file: string): SecretsError {
  return new SecretsError(
    'integrity',
    'vault.json is damaged. Put it back from a copy; without it the vault cannot be opened.',
    {
      file,
    },
  );
}
