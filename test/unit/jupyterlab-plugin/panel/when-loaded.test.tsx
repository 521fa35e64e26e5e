// @vitest-environment jsdom
import '../setup.ts';
import { inEnglish } from '@datalayer-secrets/shared';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Later } from '../../../../jupyterlab-plugin/src/later.ts';
import { WhenLoaded } from '../../../../jupyterlab-plugin/src/panel/when-loaded.tsx';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
afterEach(cleanup);

const gone = () => Promise.reject(new Error('Loading chunk 7 failed (http://127.0.0.1/static/7.js?token=t)'));

describe('a part that is loaded when it is needed', () => {
  it('is fetched once, by whoever needs it first', async () => {
    const fetch = vi.fn(() => Promise.resolve('part'));
    const part = new Later(fetch);
    expect([part.loaded, fetch.mock.calls.length]).toEqual([null, 0]);
    expect(await Promise.all([part.load(), part.load()])).toEqual(['part', 'part']);
    expect([part.loaded, fetch.mock.calls.length]).toEqual(['part', 1]);
  });

  it('that cannot be fetched says what to do, and nothing of its address', async () => {
    const error: unknown = await new Later(gone).load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'offline', details: { reason: 'part' } });
    expect(String(error)).not.toContain('http');
  });

  it('is drawn at once where it is there', async () => {
    const part = new Later(() => Promise.resolve('part'));
    await part.load();
    const { container } = render(
      <WhenLoaded part={part} t={inEnglish}>
        {(text) => <p>{text}</p>}
      </WhenLoaded>,
    );
    expect(container.textContent).toBe('part');
  });

  it('is asked for again when the user says so', async () => {
    const fetch = vi.fn<() => Promise<string>>().mockImplementationOnce(gone).mockResolvedValue('part');
    const { container } = render(
      <WhenLoaded part={new Later(fetch)} t={inEnglish}>
        {(text) => <p>{text}</p>}
      </WhenLoaded>,
    );
    await act(() => Promise.resolve());
    expect(screen.getByRole('alert').textContent).toContain('reload the page');
    fireEvent.click(screen.getByRole('button', { name: 'Try Again' }));
    await act(() => Promise.resolve());
    expect(container.textContent).toBe('part');
  });
});
