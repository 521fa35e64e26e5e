import { describe, expect, it } from 'vitest';
import { networkError } from '../../../shared/src/page-network-errors.ts';

describe('what broke on the way, in a page', () => {
  it('is known where it came too late', () => {
    expect(networkError(new DOMException('x', 'TimeoutError'))).toEqual({ kind: 'timeout', details: {}, sent: true });
  });

  it('is not known else', () => {
    for (const thrown of [new TypeError('Failed to fetch'), new DOMException('x', 'AbortError'), 'x', undefined])
      expect(networkError(thrown)).toBeNull();
  });
});
