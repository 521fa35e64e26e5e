import { expect, it } from 'vitest';
import { thirdPartyNotices } from '../../../scripts/build/notices.ts';

it('what is shipped names each package of others in it, with its licence, and none twice', async () => {
  const notices = await thirdPartyNotices();
  const packages = Array.from(
    notices.matchAll(/^(\S+) (\d+\.\d+\.\d+\S*)\n=+\n\n(.+?)(?=\n\n\S+ \d+\.\d+\.\d+\S*\n=+\n|$(?![\s\S]))/gms),
  );
  expect(packages.map(([, name]) => name)).toEqual(['@napi-rs/keyring', 'hono', 'undici', 'valibot']);
  for (const [, , , text] of packages) expect(text).toMatch(/Copyright[\s\S]+Permission is hereby granted/);
});
