import { CHECKS } from './test/checks.ts';

// npm run lint: what `npm test` counts as one test each.
let failed = false;
for (const check of CHECKS) {
  const { message } = await check.run({ show: true });
  console.log(`${check.name}: ${message === undefined ? 'ok' : 'failed'}`);
  failed ||= message !== undefined;
}
process.exitCode = failed ? 1 : 0;
