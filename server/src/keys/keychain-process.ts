import type { AsyncEntry } from 'keytar';
import { KEYCHAIN_SERVICE } from './keychain-service.ts';
import type { KeychainAnswer, KeychainCall, KeychainFailure } from './keychain-call.ts';

/**
 * The one place that reaches the OS keychain's library: `keytar` is an npm alias of @napi-rs/keyring, which is maintained,
 * prebuilt for every platform, and shares entries with Python's keyring; the package of that name is archived.
 *
 * It is a process of its own, for one call: the library blocks its thread and its thread pool while a prompt is open, and
 * a thread that is blocked so can be neither ended nor left behind at exit. A process can, and the prompt goes with it.
 */
const WINDOWS = process.platform === 'win32';
/** Without this the library falls back, silently, to a kernel keyring that a reboot empties. */
const OPTIONS = { linux: { store: 'secret-service' } } as const;
/** A prompt that is dismissed faster than this was never shown to anybody. */
const NOBODY_MS = 1000;

type Library = typeof import('keytar');

async function perform(call: KeychainCall): Promise<KeychainAnswer> {
  let library: Library;
  try {
    library = await import('keytar');
  } catch {
    return { ok: false, failure: 'not-loadable' };
  }
  const start = performance.now();
  try {
    return { ok: true, value: await doWith(library, call) };
  } catch (error) {
    return { ok: false, failure: failureOf(error, performance.now() - start) };
  }
}

async function doWith(library: Library, call: KeychainCall): Promise<string | boolean | string[] | null> {
  const { action, service, account, password } = call;
  switch (action) {
    case 'get':
      if (pythons(service)) return (await pythonEntries(library, service)).get(account) ?? null;
      return entry(library, service, account).getPassword();
    case 'set':
      await entry(library, service, account).setPassword(password);
      return null;
    case 'delete':
      if (pythons(service) && !(await pythonEntries(library, service)).has(account)) return false;
      return entry(library, service, account).deleteCredential();
    case 'accounts':
      return [...(await pythonEntries(library, service)).keys()];
  }
}

/** On Windows Python files an entry under the bare service. Ours have their account in the name, so that they do not collide. */
function pythons(service: string): boolean {
  return WINDOWS && service !== KEYCHAIN_SERVICE;
}

function entry({ AsyncEntry }: Library, service: string, account: string): AsyncEntry {
  return pythons(service)
    ? AsyncEntry.withTarget(service, service, account, OPTIONS)
    : new AsyncEntry(service, account, OPTIONS);
}

/**
 * Windows only: entries as Python files them, found by exact name. Not by `withTarget`, whose mere construction there
 * writes an empty password over the one that exists (keyring-node 2.1, src/entry_builder.rs).
 */
async function pythonEntries({ findCredentialsAsync }: Library, service: string): Promise<Map<string, string>> {
  const found = await findCredentialsAsync(service, service);
  return new Map(found.map(({ account, password }) => [account, password]));
}

/** The library has one error code for everything; its texts tell more. They are not passed on. */
function failureOf(error: unknown, ms: number): KeychainFailure {
  const text = error instanceof Error ? error.message : '';
  if (/matched by|ambiguous/i.test(text)) return 'ambiguous';
  if (/dismissed|cancell?ed/i.test(text)) return ms < NOBODY_MS ? 'refused' : 'dismissed';
  if (/locked|interaction is not allowed/i.test(text)) return 'refused';
  if (/denied|not authori[sz]ed|passphrase you entered/i.test(text)) return 'dismissed';
  if (/NoReply|Timeout|Timed ?out|did not receive a reply/i.test(text)) return 'no-answer';
  if (/longer than/i.test(text)) return 'too-long';
  return 'failed';
}

let line = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const complete = line.includes('\n');
  line += text;
  if (complete || !line.includes('\n')) return;
  void perform(JSON.parse(line) as KeychainCall).then((answer) => {
    process.stdout.write(`${JSON.stringify(answer)}\n`, quit);
  });
});
// Whoever asked is gone. SIGKILL, since an ordinary exit waits for the blocked library.
process.stdin.on('end', quit);
process.stdin.on('error', quit);

function quit(): void {
  process.kill(process.pid, 'SIGKILL');
}
