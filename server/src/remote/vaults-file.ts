import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { failure } from '@datalayer-secrets/shared';
import { readPrivateJson, writePrivate } from '../service/private-file.ts';

const FORMAT = 1;

const VaultRecord = z.object({
  id: z.string().check(z.regex(/^[a-z0-9-]{1,32}$/)),
  kind: z.enum(['datalayer', 'team']),
  origin: z.string(),
  label: z.string(),
  /** Whose vault it was at the last sign-in; another account in the keychain is not used without a click. */
  account: z.object({ uid: z.string(), handle: z.string() }),
  tokenPlace: z.enum(['shared-entry', 'own-entry', 'sealed', 'nowhere']),
  /** How this service writes values, where it is not `plain`. */
  valueEncoding: z.optional(z.enum(['plain', 'base64'])),
  /** Programs (paths of the Node that ran the service) whose last reading of the token needed no prompt. */
  quiet: z.array(z.string()),
});
export type VaultRecord = z.infer<typeof VaultRecord>;

const VaultsFile = z.object({
  format: z.literal(FORMAT),
  vaults: z.array(VaultRecord),
  /** Origins that were signed out while their sealed token could not be reached; it goes when the vault opens. */
  forgotten: z.array(z.string()),
});
export type VaultsContent = Omit<z.infer<typeof VaultsFile>, 'format'>;

/**
 * `vaults.json` (0600): which remote vaults there are, where each keeps its token, and no token, value or name of a
 * secret. A torn file counts as empty. A newer format is left untouched: nothing is known and nothing can be added.
 */
export class VaultsJson {
  readonly #path: string;
  #newer = false;

  constructor(home: string) {
    this.#path = join(home, 'vaults.json');
  }

  /** What is there, and what was wrong with it, if anything. @throws bad_permissions */
  read(): { content: VaultsContent; problem: 'newer' | 'unreadable' | null } {
    const empty = { vaults: [], forgotten: [] };
    const json = readPrivateJson(this.#path);
    const parsed = VaultsFile.safeParse(json);
    if (parsed.success) {
      const { vaults, forgotten } = parsed.data;
      return { content: { vaults, forgotten }, problem: null };
    }
    const format = z.object({ format: z.number() }).safeParse(json);
    this.#newer = format.success && format.data.format > FORMAT;
    if (this.#newer) return { content: empty, problem: 'newer' };
    return { content: empty, problem: existsSync(this.#path) ? 'unreadable' : null };
  }

  /** @throws newer_vault where a newer version of this product wrote the file. */
  demandWritable(): void {
    if (this.#newer) throw failure('newer_vault', { file: 'vaults.json' });
  }

  /** @throws newer_vault */
  write(content: VaultsContent): void {
    this.demandWritable();
    writePrivate(this.#path, `${JSON.stringify({ format: FORMAT, ...content }, null, 2)}\n`);
  }
}
