import { inEnglish, type Secret, type Translate } from '@datalayer-secrets/shared';
import { describe, expect, it } from 'vitest';
import { literal, secretTooltip } from '../../../extension/src/views/tooltip.ts';

const t: Translate = (template, values = {}) => inEnglish(template, values);
const NOW = Date.parse('2026-03-01T12:00:00Z');

const secret = (changes: Partial<Secret> = {}): Secret => ({
  uid: '01ABC',
  name: 'OPENAI_API_KEY',
  description: 'for the demo',
  type: 'key',
  kwargs: { creation_ts_dt: '2026-02-26T12:00:00Z', last_update_ts_dt: '2026-02-26T12:00:00Z' },
  ...changes,
});
describe('the tooltip of a secret', () => {
  it('tells in its tooltip all that is known of it', () => {
    const text = secretTooltip(t, secret({ kwargs: { ...secret().kwargs, team: 'blue' } }), 'Local vault', NOW);
    const shown = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    for (const part of [
      'OPENAI_API_KEY',
      'for the demo',
      'Type: Key',
      'Created: 2026-02-26 12:00 UTC (3 d ago)',
      'Vault: Local vault',
      'team: blue',
      'Id: 01ABC',
    ])
      expect(shown).toContain(part);
    expect(shown).not.toContain('Changed');
  });

  it('warns in its tooltip when its name is no variable', () => {
    expect(secretTooltip(t, secret({ name: 'my key' }), 'v', NOW)).toContain('environment variable');
  });

  it('cannot put markup, links or icons into the tooltip', () => {
    const nasty = '[x](command:evil) **b** $(trash) <img src=x> `c` https://evil.example\n# h';
    const text = literal(nasty);
    expect(text).toMatch(/^[\p{L}\p{N} ]+$|^(?:[\p{L}\p{N} ]|&#\d+;)+$/u);
    expect(text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(
      nasty.replace('\n', ' '),
    );
  });
});
