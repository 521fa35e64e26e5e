import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { causeOf, openLog } from '../../../../server/src/service/log.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = () => join(folder, 'service.log');

describe('the log', () => {
  it('writes fields of its list and drops all others', () => {
    openLog(folder, () => 0)('request failed', { status: 404, ...{ value: 'canary', name: 'canary' } });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      at: '1970-01-01T00:00:00.000Z', event: 'request failed', status: 404,
    }); // prettier-ignore
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('moves a full file aside and keeps three of them', () => {
    for (let round = 0; round < 6; round++) {
      openLog(folder, () => 0)('started', { count: round });
      truncateSync(file(), 1_000_001);
    }
    openLog(folder, () => 0)('started', { count: 6 });
    expect(readdirSync(folder).sort()).toEqual(['service.log', 'service.log.1', 'service.log.2', 'service.log.3']);
    expect(readFileSync(file(), 'utf8')).toContain('"count":6');
  });

  it('stops nothing when it cannot be written', () => {
    const log = openLog(join(folder, 'missing'), () => 0);
    expect(() => log('started')).not.toThrow();
  });
});

describe('the cause of an unexpected error', () => {
  it('is its class and where our code was, never its message', () => {
    const cause = causeOf(new TypeError('canary\n    at canary.ts:1:1'));
    expect(cause).toEqual({ failure: 'TypeError', where: expect.stringMatching(/^test\.ts:\d+:\d+$/) as string });
    expect(causeOf('canary')).toEqual({ failure: 'string' });
  });
});
