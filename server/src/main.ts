import { isMainThread, workerData } from 'node:worker_threads';

/** Whatever a library left open holds a finished program no longer than this. */
const LINGER_MS = 500;

/**
 * The one program: command line, service, and (as a worker thread of itself) the keychain's library, which may block.
 * Each loads only its own part.
 */
async function run(): Promise<void> {
  if (isMainThread) {
    const { main } = await import('./cli/main.ts');
    process.exitCode = await main(process.argv.slice(2), import.meta.filename);
    setTimeout(() => process.exit(), LINGER_MS).unref();
  } else if ((workerData as { datalayerSecretsWorker?: string } | null)?.datalayerSecretsWorker === 'keychain') {
    await import('./keys/keychain-worker.ts');
  }
}

void run();
