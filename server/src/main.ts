import { KEYCHAIN_PROCESS } from './keys/keychain-call.ts';

/** Whatever a library left open holds a finished program no longer than this. */
const LINGER_MS = 500;

/**
 * The one program: command line, service, and (as a process that it starts from itself) the keychain's library, which may
 * block. Each loads only its own part.
 */
async function run(): Promise<void> {
  if (process.argv[2] === KEYCHAIN_PROCESS) {
    await import('./keys/keychain-process.ts');
    return;
  }
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(process.argv.slice(2), import.meta.filename);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

void run();
