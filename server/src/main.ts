import { KEYCHAIN_PROCESS } from './keys/keychain-call.ts';

/** Whatever a library left open holds a finished program no longer than this. */
const LINGER_MS = 500;

/**
 * The one program: command line, service, and (as a process of its own) the keychain's library, which may block. Each
 * loads only its own part.
 */
async function run([word, ...rest]: readonly string[]): Promise<void> {
  if (word === KEYCHAIN_PROCESS) {
    await import('./keys/keychain-process.ts');
    return;
  }
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(word === undefined ? [] : [word, ...rest], import.meta.filename);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

// Node 22 calls SQLite experimental at every start; whoever runs a command can do nothing about it.
process.removeAllListeners('warning');
// `… | head -1`: whoever reads has read enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
void run(process.argv.slice(2));
