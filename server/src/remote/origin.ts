import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { failure } from '@datalayer-secrets/shared';

/** The hosted platform: the default of Datalayer's own SDK and CLI. */
export const HOSTED_ORIGIN = 'https://prod1.datalayer.run';

const DatalayerConfig = v.object({ iam_url: v.optional(v.string()) });

/** True for hosts that never leave this machine; only those may be spoken to without TLS. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/**
 * One spelling for a service, as Datalayer's SDK spells it: no trailing slash, no `/api/iam/v1`. A path in front of the
 * API is kept. The spelling is the name of the SDK's keychain entry, so it must not vary.
 * @throws invalid where it is no address, holds a password or query, or is http to another machine.
 */
export function normaliseOrigin(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  const invalid = (reason: 'address' | 'insecure') =>
    failure('invalid', { reason, field: 'origin', host: url?.host ?? '' });
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('address');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw invalid('address');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw invalid('insecure');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api\/iam\/v1$/, '');
  return url.origin + path.replace(/\/+$/, '');
}

/** `datalayer` for the default origin, else `r-` and the first 8 hex digits of the origin's SHA-256. */
export function vaultIdOf(origin: string, defaultOrigin: string): string {
  if (origin === defaultOrigin) return 'datalayer';
  return `r-${createHash('sha256').update(origin).digest('hex').slice(0, 8)}`;
}

/**
 * Where Datalayer is for this user: `DATALAYER_IAM_URL`, then `iam_url` of the CLI's `~/.datalayer/config.json`, then
 * the hosted platform: the order of datalayer-core 1.1.24 to 1.2.25. An unusable address is reported and passed over.
 */
export async function findDefaultOrigin(
  environment: Readonly<Record<string, string | undefined>>,
  configFile: string,
  log: (line: string) => void,
): Promise<string> {
  const candidates: [string, string | undefined][] = [
    ['DATALAYER_IAM_URL', environment['DATALAYER_IAM_URL']],
    ['the iam_url of the Datalayer configuration', await configuredUrl(configFile)],
  ];
  for (const [where, text] of candidates) {
    if (!text) continue;
    try {
      return normaliseOrigin(text);
    } catch {
      log(`${where} is not usable as the address of a service; it is passed over`);
    }
  }
  return HOSTED_ORIGIN;
}

async function configuredUrl(file: string): Promise<string | undefined> {
  try {
    return v.parse(DatalayerConfig, JSON.parse(await readFile(file, 'utf8'))).iam_url;
  } catch {
    return undefined; // absent or not ours to repair
  }
}
