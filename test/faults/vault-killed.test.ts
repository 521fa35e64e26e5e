import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { BY, valueOf, VaultFile } from '../fixtures/vault.ts';

const WRITER = path.join(import.meta.dirname, '../fixtures/write-until-killed.ts');
const ROUNDS = 6;

/** What a writer was told is done, when it was killed after `ms`. */
async function writeAndKill(file: string, start: string, ms: number): Promise<string[][]> {
  const child = spawn(process.execPath, [WRITER, file, start], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[][] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line === 'open') setTimeout(() => child.kill('SIGKILL'), ms);
    else said.push(line.split(' '));
  }
  return said;
}

describe('a program that is killed while it writes', () => {
  it(`loses nothing that was acknowledged, in ${ROUNDS} rounds on one file, and leaves a trail that holds`, async () => {
    const file = new VaultFile();
    await (await file.open()).close();
    const present = new Map<string, string>(); // uid -> value
    const gone = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [what, uid, name, replaced] of await writeAndKill(file.file, `R${round}`, 60 + round * 35)) {
        if (uid === undefined || name === undefined) continue; // the line in which it died
        if (what === 'created') present.set(uid, name.repeat(50));
        if (what === 'replaced') present.set(uid, `new ${name}`);
        if (what === 'deleted') present.delete(uid);
        if (what === 'replaced' && replaced !== undefined) present.delete(replaced);
        if (what === 'deleted') gone.add(uid);
        if (what === 'replaced' && replaced !== undefined) gone.add(replaced);
      }
      const vault = await file.open();
      expect(vault.damaged()).toEqual([]);
      expect(await vault.verify()).toBeNull();
      const listed = new Set((await vault.list(BY)).map(({ uid }) => uid));
      const events = await vault.audit({ limit: 1_000_000 });
      const ended = new Set(
        events.map(({ action, uid, detail }) => (action === 'replace' ? detail : action === 'delete' ? uid : null)),
      );
      for (const [uid, value] of present) {
        // What it was replacing or deleting when it died is gone only if the trail says so.
        expect(listed.has(uid) || ended.has(uid)).toBe(true);
        if (listed.has(uid)) expect(await valueOf(vault, uid)).toBe(value);
        else present.delete(uid);
      }
      for (const uid of gone) expect(listed.has(uid)).toBe(false);
      const audited = new Set(events.map(({ uid }) => uid));
      for (const uid of [...listed, ...gone]) expect(audited.has(uid)).toBe(true);
      await vault.close();
    }
    expect(present.size).toBeGreaterThan(ROUNDS);
  }, 120_000);
});
