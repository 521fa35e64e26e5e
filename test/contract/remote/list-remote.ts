/**
 * A program of its own, because Node reads NODE_EXTRA_CA_CERTS only when a process starts: lists the secrets of
 * `REMOTE_ORIGIN` with the token from standard input and prints `{ names | error, undiciBefore }`.
 */
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { explain, SecretsClient } from '@datalayer-secrets/shared';
import { RemoteFetch } from '../../../server/src/remote/proxy.ts';

const { cache } = createRequire(import.meta.url);
const undiciLoaded = () => Object.keys(cache).some((path) => /[\\/]undici[\\/]/.test(path));

const network = new RemoteFetch(process.env);
const undiciBefore = undiciLoaded();
const token = (await text(process.stdin)).trim();
const client = new SecretsClient({ origin: process.env['REMOTE_ORIGIN'] ?? '', token, fetch: network.fetch });
const outcome = await client.list().then(
  (secrets) => ({ names: secrets.map(({ name }) => name) }),
  (error: unknown) => ({ error: explain(error) }),
);
console.log(JSON.stringify({ ...outcome, undiciBefore, undiciAfter: undiciLoaded() }));
await network.close();
