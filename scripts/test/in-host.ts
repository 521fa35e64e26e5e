import { IN_HOST_RUNS, inHostFiles, runInHost } from '../../test/hosts/vscode/in-host.ts';
import type { Prerequisites } from './prerequisites.ts';
import type { Result } from './result.ts';

/** The in-host suite, once in a VS Code whose user has no keychain and once with one. */
export async function inHost({ keyring }: Prerequisites): Promise<Result[]> {
  const results: Result[] = [];
  for (const [title, keychain] of Object.entries(IN_HOST_RUNS)) {
    const files = await inHostFiles(keychain);
    if (files.length === 0) continue;
    console.log(`in VS Code, ${title}`);
    if (keychain && keyring) {
      results.push({
        name: `in VS Code, ${title}`,
        state: 'skipped',
        ms: 0,
        message: `${keyring.what}; ${keyring.line}`,
      });
      continue;
    }
    const found = await runInHost(keychain, files, ({ name, state, ms, message }) => {
      console.log(
        ` ${state === 'passed' ? '✓' : state === 'failed' ? '✗' : '-'} ${name} ${ms} ms${message ? `\n${message}` : ''}`,
      );
    });
    results.push(...found.map((result) => ({ ...result, name: `in VS Code > ${result.name}` })));
  }
  return results;
}
