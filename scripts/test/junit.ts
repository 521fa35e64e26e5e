import type { Result } from './result.ts';

const TEST = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const OUTCOME = /<(failure|error|skipped)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/;

/** The tests in a JUnit report as pytest writes it, where no attribute or text holds a bare `<` or `>`. */
export function readJunit(xml: string): Result[] {
  return [...xml.matchAll(TEST)].map(([, attributes = '', content = '']) => {
    const name = `${attribute(attributes, 'classname')} > ${attribute(attributes, 'name')}`;
    const ms = Math.round(Number(attribute(attributes, 'time')) * 1000);
    const [, outcome, reason = '', text = ''] = OUTCOME.exec(content) ?? [];
    if (outcome === undefined) return { name, state: 'passed', ms };
    const message = attribute(reason, 'message');
    if (outcome === 'skipped') return { name, state: 'skipped', ms, message };
    return { name, state: 'failed', ms, message: [message, plain(text)].filter(Boolean).join('\n') };
  });
}

function attribute(text: string, name: string): string {
  return plain(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function plain(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (entity, code: string | undefined, name: string | undefined) =>
    code === undefined ? (ENTITIES[name ?? ''] ?? entity) : String.fromCodePoint(Number(code)),
  );
}
