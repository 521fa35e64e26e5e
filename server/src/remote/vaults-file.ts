import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { failure } from '@datalayer-secrets/shared';
import { readPrivateJson, writePrivate } from '../service/private-file.ts';

const FORMAT = 1;

const VaultRecord = v.object({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/)),
  kind: v.picklist(['datalayer', 'team']),
  origin: v.string(),
  label: v.string(),
  /** Whose vault it was at the last sign-in; another account in the keychain is not used without a click. */
  account: v.object({ uid: v.string(), handle: v.string() }),
  tokenPlace: v.picklist(['shared-entry', 'own-entry', 'sealed', 'nowhere']),
  /** How this service writes values, where it is not `plain`. */
  valueEncoding: v.optional(v.picklist(['plain', 'base64'])),
  /** Programs (paths of the Node that ran the service) whose last reading of the token needed no prompt. */
  quiet: v.array(v.string()),
});
export type VaultRecord = v.InferOutput<typeof VaultRecord>;

const VaultsFile = v.object({
  format: v.literal(FORMAT),
  vaults: v.array(VaultRecord),
  /** Origins that were signed out while their sealed token could not be reached; it goes when the vault opens. */
  forgotten: v.array(v.string()),
});
export type VaultsContent = Omit<v.InferOutput<typeof VaultsFile>, 'format'>;

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
    const parsed = v.safeParse(VaultsFile, json);
    if (parsed.success) {
      const { vaults, forgotten } = parsed.output;
      return { content: { vaults, forgotten }, problem: null };
    }
    const format = v.safeParse(v.object({ format: v.number() }), json);
    this.#newer = format.success && format.output.format > FORMAT;
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
