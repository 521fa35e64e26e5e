import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';
import { privateFile } from '../store/private-files.ts';

/** Format of vault.json. */
export const FORMAT = 1;

/** One way to the vault key. Kinds that this release does not know are kept as they are. */
export interface Slot {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** `vault.json`. Fields that this release does not know are kept as they are. */
export interface SlotContent {
  readonly format: number;
  readonly id: string;
  readonly slots: readonly Slot[];
  readonly [field: string]: unknown;
}

/**
 * What `vault.json` says; null where there is none. Every start asks this, so it is apart from the code that opens a slot,
 * and without a schema: making one takes longer than the rest of the start.
 * @throws SecretsError newer_vault, integrity (it is damaged), bad_permissions (also where it cannot be read)
 */
export function readSlotContent(file: string): SlotContent | null {
  if (!privateFile(file)) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new SecretsError('bad_permissions', 'vault.json cannot be read.', { path: file, reason: 'unreadable' }, { cause: error }); // prettier-ignore
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw damaged(file);
  }
  const { format } = fields(content);
  if (typeof format === 'number' && format > FORMAT)
    throw new SecretsError(
      'newer_vault',
      `This vault was made by a newer release (key slots of format ${format}; this one knows ${FORMAT}). Update to open it; nothing was changed.`,
      { format, known: FORMAT },
    );
  if (!isSlotContent(content)) throw damaged(file);
  return content;
}

function isSlotContent(content: unknown): content is SlotContent {
  const { format, id, slots } = fields(content);
  return (
    format === FORMAT &&
    typeof id === 'string' &&
    /^[0-9a-z-]{1,64}$/.test(id) &&
    Array.isArray(slots) &&
    slots.every((slot) => typeof fields(slot)['kind'] === 'string')
  );
}

function fields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function damaged(file: string): SecretsError {
  return new SecretsError('integrity', 'vault.json is damaged; without it the vault cannot be opened.', {
    reason: 'vault-file',
    name: path.basename(file),
    path: path.dirname(file),
  });
}
