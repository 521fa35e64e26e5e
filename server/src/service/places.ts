import { readdirSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { privateFile, privateFolder } from '../store/private-files.ts';

/** Where the service keeps what it keeps. All paths are absolute. */
export interface Places {
  readonly home: string;
  readonly vaultDb: string;
  readonly vaultJson: string;
  readonly lockDb: string;
  readonly lockOwner: string;
  readonly runFile: string;
  readonly interpreters: string;
  readonly wrongPassphrases: string;
  readonly logFolder: string;
  readonly logFile: string;
  readonly cache: string;
}

/**
 * The folder is that of the real home on every system: not XDG or AppData, which snap, Flatpak and Store Python
 * rewrite, so that two editors would see two vaults. `DATALAYER_SECRETS_HOME` names another one.
 */
export function findPlaces(env: NodeJS.ProcessEnv = process.env, host: string = hostname()): Places {
  const home = env['DATALAYER_SECRETS_HOME']
    ? resolve(env['DATALAYER_SECRETS_HOME'])
    : join(homedir(), '.datalayer', 'secrets');
  return {
    home,
    vaultDb: join(home, 'vault.db'),
    vaultJson: join(home, 'vault.json'),
    lockDb: join(home, 'lock.db'),
    lockOwner: join(home, 'lock.owner'),
    runFile: join(home, 'run', `${host.replaceAll(/[^\w.-]/g, '_').slice(0, 100) || 'host'}.json`),
    interpreters: join(home, 'interpreters.json'),
    wrongPassphrases: join(home, 'wrong-passphrases.json'),
    logFolder: join(home, 'log'),
    logFile: join(home, 'log', 'service.log'),
    cache: join(home, 'cache'),
  };
}

/**
 * Makes the folders where they are missing and refuses what others could read or own.
 * @throws SecretsError `bad_permissions`, naming the path.
 */
export function prepareHome(places: Places): void {
  for (const folder of [places.home, dirname(places.runFile), places.logFolder]) {
    privateFolder(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isFile()) privateFile(join(folder, entry.name));
    }
  }
}
