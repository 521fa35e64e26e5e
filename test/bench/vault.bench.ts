import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openVault, stageVault } from '../../server/src/vault/open.ts';
import type { Principal, Vault } from '../../server/src/vault/types.ts';
import { measure, type Timings } from './measure.ts';
import { median, PlainStore } from './plain-store.ts';

/**
 * Creates and reveals per second in process, as ratios to plain SQLite that writes the same rows under the same pragmas,
 * one commit each, with bytes that were random from the start. Peers take turns, so that a busy machine slows all alike.
 * A ratio of 1 means that sealing, checking and auditing cost nothing.
 */
const SIZES = [100, 4096, 65_536];
const CALLERS = [1, 16];
const ROUNDS = 5;
const ROUND_MS = 400;
const BY: Principal = { label: 'bench', scope: 'full' };

async function bench(folder: string, size: number): Promise<string[][]> {
  const plain = new PlainStore(path.join(folder, `plain-${size}.db`), size);
  const options = { file: path.join(folder, `vault-${size}.db`), id: 'bench', key: randomBytes(32) };
  await stageVault(options);
  const vault = await openVault(options);
  const value = randomBytes(size);
  let count = 0;
  const uids: string[] = [];
  const create = async () => {
    const secret = { name: `SECRET_${count++}`, description: 'of the bench', type: 'key', value: Buffer.from(value) };
    uids.push((await vault.create(BY, secret)).uid);
  };
  const reveal = (of: Vault) => of.reveal(BY, uids[count++ % uids.length] ?? '');
  for (let i = 0; i < 50; i++) {
    plain.create();
    await create();
  }
  const rows: string[][] = [];
  for (const [name, ours, theirs] of [
    ['create', create, () => plain.create()],
    ['reveal', () => reveal(vault), () => plain.reveal()],
  ] as const) {
    for (const callers of CALLERS) {
      const ratios: number[] = [];
      const timings: Timings[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const base = await measure(1, ROUND_MS, theirs);
        const mine = await measure(callers, ROUND_MS, ours);
        ratios.push(mine.rate / base.rate);
        timings.push(mine);
      }
      const ms = (pick: (timing: Timings) => number) => `${median(timings.map(pick)).toFixed(2)} ms`;
      rows.push([
        name,
        `${size} B`,
        `${callers}`,
        median(ratios).toFixed(2),
        `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`,
        `${Math.round(median(timings.map(({ rate }) => rate)))}/s`,
        ms(({ p50 }) => p50),
        ms(({ p99 }) => p99),
      ]);
    }
  }
  await vault.close();
  plain.close();
  return rows;
}

const folder = await mkdtemp(path.join(tmpdir(), 'vault-bench-'));
try {
  const head = ['', 'value', 'callers', 'ratio', 'range', 'rate', 'p50', 'p99'];
  const rows = [head];
  for (const size of SIZES) rows.push(...(await bench(folder, size)));
  for (const row of rows)
    console.log(row.map((cell, column) => (column < 1 ? cell.padEnd(8) : cell.padStart(11))).join(''));
} finally {
  await rm(folder, { recursive: true, force: true });
}
