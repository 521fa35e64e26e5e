import { explain, inEnglish, type ErrorKind } from '@datalayer-secrets/shared';

const REPLACE = 'Give it a new value: `datalayer-secrets replace NAME`.';
const IN_AN_EDITOR = 'in VS Code or JupyterLab';
const ANOTHER_WAY = '`datalayer-secrets unlock --passphrase`, or `--key-file FILE`';

/** What the table of errors advises in an editor, and what a person at a terminal does instead. `{log}` is the log's file. */
export const ADVICE: Readonly<Record<string, string>> = {
  'It is not known whether the change was made. Refresh to see what is stored.':
    'It is not known whether the change was made: `datalayer-secrets ls` shows what is stored.',
  'Refresh to see what is stored.': '`datalayer-secrets ls` shows what is stored.',
  'Refresh to see what is stored, then try again.': 'See what is stored (`datalayer-secrets ls`), then try again.',
  'It was deleted or replaced elsewhere. Refresh to see what is stored.':
    'It was deleted or replaced, or is not spelled so: `datalayer-secrets ls` shows what is stored.',
  'It was removed, or never added. Refresh to see what is there.':
    'It was removed, or never added: `datalayer-secrets status` shows which there are.',

  'Set it up; it takes a moment.':
    'Set it up: `datalayer-secrets setup --keychain` (or `--passphrase`, or `--key-file FILE`).',
  'Unlock it, then go on.': 'Unlock it: `datalayer-secrets unlock`.',
  'Unlock it; it was not touched.': 'Unlock it: `datalayer-secrets unlock`. It was not touched.',
  'Name the key file that the vault was set up with.':
    'Name the one that the vault was set up with: `datalayer-secrets unlock --key-file FILE`.',
  'Open the vault by its passphrase or key file, or put vault.json back from a backup.': `Open the vault another way (${ANOTHER_WAY}), or put vault.json back from a backup.`,
  'Use a passphrase or a key file.': 'Use a passphrase (`--passphrase`) or a key file (`--key-file FILE`).',
  'Unlock it, or open the vault by its passphrase or key file.': `Unlock it, or open the vault another way: ${ANOTHER_WAY}.`,
  'Allow the access when the system asks, or open the vault by its passphrase or key file.': `Allow the access when the system asks, or open the vault another way: ${ANOTHER_WAY}.`,
  'Bring back the disk or folder that holds it, or open the vault another way.': `Bring back the disk or folder that holds it, or open the vault another way: ${ANOTHER_WAY}.`,
  'Look for a question of the system behind this window, then try again.':
    'Look for a question of the system behind other windows, then try again.',

  'Choose another name, or replace the value of that one.':
    'Choose another name, or give that one a new value: `datalayer-secrets replace NAME`.',
  'Replace it: a new secret takes over the name in one step.': REPLACE,
  'Use Replace and enter the value again.': REPLACE,
  'What you entered is still here: try again now.':
    'Its value is stored nowhere now: `datalayer-secrets create NAME` makes it again.',

  'Sign in again.': `Sign in again, ${IN_AN_EDITOR}.`,
  'Try again, or sign in anew.': 'Try again. If it happens again, end the service: `datalayer-secrets stop`.',
  'Sign in with the account that you want to use here.': `Sign in with the account that you want to use here, ${IN_AN_EDITOR}.`,
  'Ask who runs it, or sign in with another account.': `Ask who runs it, or sign in with another account, ${IN_AN_EDITOR}.`,
  'Delete one of them in the password program of the system, then sign in again.': `Delete one of them in the password program of the system, then sign in again, ${IN_AN_EDITOR}.`,

  'Check the address in the settings; the service may have moved.':
    'Check the address of the vault (`datalayer-secrets status --json`); the service may have moved.',
  'Check the address in the settings.': 'Check the address of the vault: `datalayer-secrets status --json`.',
  'Choose the other value encoding for this vault in the settings.': `Choose the other value encoding for this vault where it was signed in to, ${IN_AN_EDITOR}.`,
  // The service takes the environment of the program that started it.
  'Give its address with user name and password in the proxy setting, or in HTTPS_PROXY.':
    'Give its address with user name and password in HTTPS_PROXY, end the service (`datalayer-secrets stop`) and try again.',
  'Check the proxy setting, and that the proxy allows this address.':
    'Check HTTPS_PROXY, and that the proxy allows this address. After a change end the service: `datalayer-secrets stop`.',
  'Check the proxy setting. Requests to this machine must not go through a proxy.':
    'Check HTTP_PROXY and NO_PROXY. Requests to this machine must not go through a proxy.',

  'Try again. If it happens again, the log says more.': 'Try again. If it happens again, {log} says more.',
  'Try again. If it happens again, restart the service; the log says more.':
    'Try again. If it happens again, end the service (`datalayer-secrets stop`); {log} says more.',
  'Try again; the log says what went wrong.': 'Try again; {log} says what went wrong.',
  'Update this extension or package.': 'Update this package.',
};

/** What happened and what to do at a terminal. @param log path of the service's log */
export function explainHere(error: unknown, log: string): { kind: ErrorKind; what: string; advice: string } {
  return explain(error, (template, values = {}) => {
    const ours = Object.hasOwn(ADVICE, template) ? ADVICE[template] : undefined;
    return inEnglish(ours ?? template, { ...values, log });
  });
}
