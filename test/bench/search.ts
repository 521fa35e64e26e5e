import { SecretIndex, type Secret } from '../../shared/src/index.ts';

const SERVICES = [
  'OPENAI',
  'ANTHROPIC',
  'github',
  'GitLab',
  'aws-prod',
  'aws-staging',
  'postgres',
  'stripe',
  'Größe',
  'huggingface',
];
const ROLES = ['API_KEY', 'TOKEN', 'password', 'clientSecret', 'WEBHOOK_URL', 'signing.key', 'SSH_KEY', 'read-only'];
const USES = [
  'for the nightly training run',
  'shared with the analytics team',
  'rotates every quarter',
  'café project, München',
];
const TYPES = ['generic', 'password', 'key', 'token'];

/** Secrets as people name them, all different, always the same. */
export function manySecrets(count: number): Secret[] {
  const pick = (words: readonly string[], index: number) => words[index % words.length] ?? '';
  return Array.from({ length: count }, (_, i) => ({
    uid: `uid-${i}`,
    name: `${pick(SERVICES, i)}_${pick(ROLES, Math.floor(i / 10))}_${(i * 7919) % count}`,
    description: `${pick(SERVICES, i + 3)} ${pick(USES, i)}, number ${i}`,
    type: pick(TYPES, i),
    kwargs: {},
  }));
}

/** Words, one letter that is everywhere, scattered letters, several words, and letters that occur but never in this order. */
export const QUERIES = [
  'openai',
  'e',
  'k',
  'api key',
  'oak17',
  'muncheen',
  'cafe munchen github',
  'tkn',
  'yekipa',
  'zzzzzz',
  'number 9 prod',
];

export interface SearchTimes {
  readonly buildMs: number;
  /** For each query, in milliseconds. */
  readonly medianMs: Readonly<Record<string, number>>;
  /** What the search needs when nothing else wants the processor. */
  readonly fastestMs: Readonly<Record<string, number>>;
}

export function searchBench({ secrets = 10_000, rounds = 41 } = {}): SearchTimes {
  const list = manySecrets(secrets);
  const [buildMs, index] = timed(() => new SecretIndex(list));
  const times = QUERIES.map((): number[] => []);
  // The queries take turns, so that what disturbs the machine for a moment disturbs all alike.
  for (let round = 0; round < rounds; round++) {
    QUERIES.forEach((query, which) => times[which]?.push(timed(() => index.search(query))[0]));
  }
  const perQuery = (choose: (ordered: readonly number[]) => number | undefined) =>
    Object.fromEntries(
      QUERIES.map((query, which) => [query, choose(times[which]?.toSorted((a, b) => a - b) ?? []) ?? Number.NaN]),
    );
  const middle = Math.floor(rounds / 2);
  return { buildMs, medianMs: perQuery((ordered) => ordered[middle]), fastestMs: perQuery(([first]) => first) };
}

function timed<T>(work: () => T): [number, T] {
  const started = performance.now();
  const result = work();
  return [performance.now() - started, result];
}
