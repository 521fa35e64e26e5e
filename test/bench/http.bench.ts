import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Pool } from 'undici';
import { firstLine, Home } from '../fixtures/service.ts';
import { measure, type Timings } from './measure.ts';
import { median, PlainStore } from './plain-store.ts';

/**
 * Creates and reveals over HTTP, by keep-alive clients of a real service process, as ratios to SQLite in this process
 * that writes the same rows under the same pragmas, one commit each. Audit and fsync are on in both; peers take turns.
 * Any answer but a success ends the run.
 */
const SIZES = [100, 4096, 65_536];
const CLIENTS = [1, 16];
const ROUNDS = 5;
const ROUND_MS = 700;
const WARM_UP = 100;

class Client {
  readonly #pool: Pool;
  readonly #headers: Record<string, string>;
  readonly #value: string;
  readonly #uids: string[] = [];
  #count = 0;

  constructor(origin: string, token: string, clients: number, value: string) {
    this.#pool = new Pool(origin, { connections: clients, pipelining: 1 });
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    this.#value = value;
  }

  async create(): Promise<void> {
    const name = `${randomBytes(6).toString('hex')}_${this.#count++}`;
    const body = JSON.stringify({ name, description: 'of the bench', variant: 'key', value: this.#value });
    const { secret } = (await this.#ask('POST', '/api/iam/v1/secrets', 201, body)) as { secret: { uid: string } };
    this.#uids.push(secret.uid);
  }

  async reveal(): Promise<void> {
    const uid = this.#uids[this.#count++ % this.#uids.length] ?? '';
    const { secret } = (await this.#ask('GET', `/api/iam/v1/secrets/${uid}`, 200)) as { secret: { value_s: string } };
    if (secret.value_s.length !== this.#value.length) throw new Error('this is not the value that was stored');
  }

  async #ask(method: 'GET' | 'POST', target: string, expected: number, body?: string): Promise<unknown> {
    const response = await this.#pool.request({ method, path: target, headers: this.#headers, body: body ?? null });
    const answer = await response.body.text();
    if (response.statusCode !== expected) throw new Error(`${method} was answered ${response.statusCode}`);
    return JSON.parse(answer);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

async function bench(home: Home, url: string, token: string, size: number): Promise<void> {
  const plain = new PlainStore(path.join(home.folder, `plain-${size}.db`), size);
  const value = randomBytes(size / 2).toString('hex');
  for (const clients of CLIENTS) {
    const client = new Client(url, token, clients, value);
    for (let i = 0; i < WARM_UP; i++) {
      plain.create();
      await client.create();
      await client.reveal();
    }
    for (const [name, ours, theirs] of [
      ['create', () => client.create(), () => plain.create()],
      ['reveal', () => client.reveal(), () => plain.reveal()],
    ] as const) {
      const bases: Timings[] = [];
      const timings: Timings[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        // A reveal is measured against a commit with its rows too: against the same base as a create.
        bases.push(await measure(1, ROUND_MS, () => plain.create()));
        timings.push(await measure(clients, ROUND_MS, ours));
        if (name === 'reveal') await measure(1, ROUND_MS, theirs);
      }
      const of = (list: readonly Timings[], pick: (timing: Timings) => number) => median(list.map(pick));
      const base = of(bases, ({ p50 }) => p50);
      const ratio = median(timings.map(({ rate }, round) => rate / (bases[round]?.rate ?? 1)));
      const cells = [
        `${size} B`,
        `${clients}`,
        ratio.toFixed(2),
        `${Math.round(of(timings, ({ rate }) => rate))}/s`,
        `${of(timings, ({ p50 }) => p50).toFixed(2)} ms`,
        `${of(timings, ({ p99 }) => p99).toFixed(2)} ms`,
        `${(of(timings, ({ p50 }) => p50) / base).toFixed(1)}x`,
        `${(of(timings, ({ p99 }) => p99) / base).toFixed(1)}x`,
      ];
      console.log(name.padEnd(8) + cells.map((cell) => cell.padStart(12)).join(''));
    }
    await client.close();
  }
  plain.close();
}

const home = new Home();
try {
  const child = home.spawn(['serve', '--port', '0', '--key-file', path.join(home.folder, 'bench.key')]);
  const { url, token } = JSON.parse(await firstLine(child)) as { url: string; token: string };
  console.log('over HTTP, audited and fsynced, against one SQLite commit of the same rows by one caller');
  const head = ['size', 'clients', 'rate ratio', 'rate', 'p50', 'p99', 'p50/commit', 'p99/commit'];
  console.log(' '.repeat(8) + head.map((cell) => cell.padStart(12)).join(''));
  for (const size of SIZES) await bench(home, url, token, size);
} finally {
  home.dispose();
}
