import { networkError } from '#network-errors';
import { SecretsError, type ErrorKind } from './errors.ts';
import { inEnglish, type Translate } from './text.ts';

/** What a user interface can offer as a button beside the text. */
export type ErrorAction =
  | 'retry'
  | 'unlock'
  | 'set-up'
  | 'sign-in'
  | 'open-log'
  | 'refresh'
  | 'choose-name'
  | 'replace-value'
  | 'open-settings'
  | 'update'
  | 'show-existing';

/** English templates; `{name}` stands for a detail of the error. */
export interface ErrorText {
  readonly what: string;
  readonly advice: string;
  readonly actions: readonly ErrorAction[];
}

/** A row is taken when its reason is the error's and the error has every detail it names. */
interface Row extends ErrorText {
  readonly reason?: string;
}

const row = (what: string, advice: string, ...actions: ErrorAction[]): Row => ({ what, advice, actions });
const when = (reason: string, what: string, advice: string, ...actions: ErrorAction[]): Row => ({
  reason,
  what,
  advice,
  actions,
});

/** Said of everything that may or may not have happened before the connection broke. */
const UNFINISHED = 'It is not known whether the change was made. Refresh to see what is stored.';
const NETWORK = 'Check the network connection, then try again.';

/**
 * Cause -> what happened, what to do, what to offer. Of several rows the first that fits counts; the last one of each
 * kind fits always. A `host` is only among the details when the failure is another machine's; without it the text
 * speaks of the service on this machine. No text of a server is ever shown: it could repeat what was sent.
 */
export const ERROR_TABLE: Readonly<Record<ErrorKind, readonly Row[]>> = {
  offline: [
    when('unfinished', 'The connection broke before the answer came.', UNFINISHED, 'refresh', 'open-log'),
    when('jupyter', 'The Jupyter server does not answer.', 'Check that it still runs, then try again.', 'retry'),
    when(
      'part',
      'A part of Datalayer Secrets could not be loaded from the Jupyter server.',
      'Check that it still runs, then try again. If it was updated meanwhile, reload the page.',
      'retry',
    ),
    row('{host} cannot be reached.', NETWORK, 'retry', 'open-settings'),
    row(
      'The secrets service on this machine does not answer.',
      'Try again; it is started where needed.',
      'retry',
      'open-log',
    ),
  ],
  timeout: [
    when('unfinished', 'No answer came in time.', UNFINISHED, 'refresh', 'open-log'),
    row('{host} did not answer within {seconds} seconds.', NETWORK, 'retry'),
    row(
      'The secrets service did not answer within {seconds} seconds.',
      'Try again. If it happens again, the log says more.',
      'retry',
      'open-log',
    ),
    row('No answer came in time.', 'Try again. If it happens again, the log says more.', 'retry', 'open-log'),
  ],
  proxy: [
    when(
      'sign-in',
      'The proxy on the way to {host} asks for a sign-in.',
      'Give its address with user name and password in the proxy setting, or in HTTPS_PROXY.',
      'open-settings',
      'retry',
    ),
    when(
      'page',
      'A web page answered in place of {host}.',
      'This network may want a sign-in: open a browser and look. Or a proxy blocks the address: ask who runs it. Or the address is wrong.',
      'retry',
      'open-settings',
    ),
    row(
      'A proxy on the way to {host} refused the connection.',
      'Check the proxy setting, and that the proxy allows this address.',
      'open-settings',
      'retry',
    ),
    row(
      'A proxy stands in the way.',
      'Check the proxy setting. Requests to this machine must not go through a proxy.',
      'open-settings',
      'retry',
    ),
  ],
  certificate: [
    row(
      'The certificate of {host} is not trusted ({code}).',
      'If your organisation signs its own certificates, add its root certificate to this system or name it in NODE_EXTRA_CA_CERTS. If not, someone may be listening: ask.',
      'retry',
      'open-settings',
    ),
    row(
      'No secure connection could be made.',
      'If your organisation signs its own certificates, add its root certificate to this system or name it in NODE_EXTRA_CA_CERTS.',
      'retry',
      'open-settings',
    ),
  ],
  redirect: [
    row(
      '{host} points to another address. It was not followed, because the sign-in belongs to this one.',
      'Check the address in the settings; the service may have moved.',
      'open-settings',
      'retry',
    ),
    row(
      'The service points to another address, which was not followed.',
      'Check the address in the settings.',
      'open-settings',
      'retry',
    ),
  ],
  protocol: [
    when(
      'encoding',
      'The value came in another form than expected, so it is not shown.',
      'Choose the other value encoding for this vault in the settings.',
      'open-settings',
    ),
    when(
      'binary',
      'This value is not text, so it cannot be shown or copied here.',
      'Read it with the program that stored it, or replace it with text.',
      'replace-value',
    ),
    when(
      'too-long',
      'The answer is far longer than it should be and was not read.',
      'Check the address. If it is right, tell who runs the service.',
      'open-settings',
      'open-log',
    ),
    when(
      'unconfirmed',
      'The service says that it is done, but does not show the secret.',
      'Refresh to see what is stored.',
      'refresh',
      'open-log',
    ),
    when(
      'unsupported',
      'The service does not offer this.',
      'It may be an older or another kind of service. Check the address, or update it.',
      'update',
      'open-settings',
    ),
    row(
      '{host} gave an answer that makes no sense.',
      'Check that the address is that of a secrets service.',
      'open-settings',
      'retry',
    ),
    row(
      'The secrets service gave an answer that makes no sense.',
      'Try again. If it happens again, restart the service; the log says more.',
      'retry',
      'open-log',
    ),
  ],
  unauthenticated: [
    when(
      'jupyter',
      'The Jupyter server does not accept this page any more, or does not allow it secrets.',
      'Reload the page and sign in to Jupyter again. If that does not help, ask who runs the server.',
      'retry',
    ),
    row('{host} does not accept the sign-in any more.', 'Sign in again.', 'sign-in'),
    row('The sign-in to the vault {vault} has ended.', 'Sign in again.', 'sign-in'),
    row('The sign-in is not accepted.', 'Try again, or sign in anew.', 'retry', 'sign-in'),
  ],
  other_account: [
    row(
      'The keychain now holds the sign-in of {account}; before it was {before}.',
      'Sign in with the account that you want to use here.',
      'sign-in',
    ),
    row(
      'The keychain now holds the sign-in of another account.',
      'Sign in with the account that you want to use here.',
      'sign-in',
    ),
  ],
  forbidden: [
    row(
      '{host} does not allow this to your account.',
      'Ask who runs it, or sign in with another account.',
      'sign-in',
      'refresh',
    ),
    row(
      'This is not allowed here.',
      'Values leave the service only for programs that may have them. Use another program, or ask who set this up.',
      'refresh',
      'open-log',
    ),
  ],
  not_found: [
    when('no-file', 'There is no such notebook.', 'Save it first, then try again.', 'retry'),
    row(
      'There is no vault {vault} here.',
      'It was removed, or never added. Refresh to see what is there.',
      'refresh',
      'sign-in',
    ),
    row(
      'This secret does not exist any more.',
      'It was deleted or replaced elsewhere. Refresh to see what is stored.',
      'refresh',
    ),
  ],
  conflict: [
    row(
      'A secret named {name} exists already.',
      'Choose another name, or replace the value of that one.',
      'choose-name',
      'show-existing',
      'replace-value',
    ),
    row(
      'A secret with this name exists already.',
      'Choose another name, or replace the value of that one.',
      'choose-name',
      'show-existing',
      'replace-value',
    ),
  ],
  immutable: [
    row(
      'A value cannot be changed in place.',
      'Replace it: a new secret takes over the name in one step.',
      'replace-value',
      'refresh',
    ),
  ],
  invalid: [
    when(
      'no-notebook',
      'Only a notebook can be allowed to use secrets.',
      'Use the secret in a file that ends with .ipynb.',
    ),
    when(
      'insecure',
      'The address of {host} does not begin with https, so nothing was sent.',
      'Use its https address.',
      'open-settings',
    ),
    when(
      'address',
      'The address of the service is not usable.',
      'Enter it as https://host, with nothing after it.',
      'open-settings',
    ),
    when(
      'token',
      'The token holds characters that no token has.',
      'Copy it again, whole and without line breaks.',
      'sign-in',
    ),
    when(
      'surrogate',
      'The value holds half of a character and could not be kept as it is.',
      'Copy it again from where it comes.',
      'retry',
    ),
    when(
      'not-text',
      'This is not text in UTF-8, so it could not be kept as it is.',
      'Encode it first, for example as base64.',
      'retry',
    ),
    when('empty-passphrase', 'The passphrase is empty.', 'Enter one, then try again.', 'retry'),
    when('passphrases-differ', 'The two passphrases differ.', 'Enter the new one twice, each time the same.', 'retry'),
    when('unseen-characters', 'A description cannot hold control characters.', 'Correct it and try again.', 'retry'),
    row(
      'The description has {length} characters; at most {limit} are possible.',
      'Shorten it, then try again.',
      'retry',
    ),
    row('The field {field} was not accepted.', 'Correct it and try again.', 'retry'),
    row(
      'The service did not accept what was entered.',
      'Check the name, the description and the value, then try again.',
      'retry',
      'open-log',
    ),
  ],
  value_required: [
    row(
      'This service changes a secret only together with its value.',
      'Use Replace and enter the value again.',
      'replace-value',
    ),
  ],
  deleted_not_stored: [
    row(
      '{name} was deleted, but its new value was not stored.',
      'What you entered is still here: try again now.',
      'retry',
      'open-log',
    ),
    row(
      'The secret was deleted, but its new value was not stored.',
      'What you entered is still here: try again now.',
      'retry',
      'open-log',
    ),
  ],
  too_large: [
    row(
      'The value has {bytes} bytes; at most {limit} are possible.',
      'Keep a large file elsewhere, and as a secret only the key that opens it.',
      'retry',
    ),
    row(
      'This is too large; a value may have at most {limit} bytes.',
      'Keep a large file elsewhere, and as a secret only the key that opens it.',
      'retry',
    ),
    row('This is too large for the service.', 'Shorten it. A value may have at most 65,536 bytes.', 'retry'),
  ],
  setup_needed: [row('There is no vault on this machine yet.', 'Set it up; it takes a moment.', 'set-up')],
  locked: [row('The vault is locked.', 'Unlock it, then go on.', 'unlock')],
  wrong_passphrase: [
    row(
      'This is not the passphrase of the vault.',
      'Try again; capital letters and the keyboard layout matter.',
      'unlock',
    ),
  ],
  already_set_up: [
    row('The vault on this machine exists already.', 'Unlock it; it was not touched.', 'unlock', 'refresh'),
  ],
  rate_limited: [
    row('There were too many requests.', 'Wait {seconds} seconds, then try again.', 'retry'),
    row('There were too many requests.', 'Wait a moment, then try again.', 'retry'),
  ],
  busy: [
    row('{host} is busy or being serviced.', 'Try again in a moment.', 'retry'),
    row('The secrets service is busy.', 'Try again in a moment.', 'retry', 'open-log'),
  ],
  server: [
    when(
      'refused',
      '{host} refused this and gave no reason.',
      'Refresh to see what is stored, then try again.',
      'refresh',
      'retry',
    ),
    when('unfinished', '{host} did not get this done in time.', UNFINISHED, 'refresh'),
    row('{host} has a fault (status {status}).', 'Try again later, or tell who runs it.', 'retry'),
    row('The secrets service has a fault.', 'Try again. If it happens again, the log says more.', 'retry', 'open-log'),
  ],
  integrity: [
    when(
      'grants',
      '{path} is damaged, so what notebooks may use is remembered only until the Jupyter server ends.',
      'Repair the file or move it away. It was not changed.',
    ),
    when(
      'key-file',
      'This is not the key file of this vault, or the file was changed.',
      'Name the key file that the vault was set up with.',
      'unlock',
    ),
    when(
      'keychain-key',
      'The key in the keychain does not belong to this vault.',
      'Open the vault by its passphrase or key file, or put vault.json back from a backup.',
      'unlock',
      'open-log',
    ),
    when(
      'other-vault',
      'The files vault.json and vault.db do not belong to one vault.',
      'Put both back from the same backup. Nothing was changed.',
      'retry',
      'open-log',
    ),
    when(
      'vault-file',
      'The file {name} of the vault in {path} is damaged; without it the vault cannot be opened.',
      'Put {name} back from a backup. To begin anew, move the folder away. Nothing was changed.',
      'retry',
      'open-log',
    ),
    when(
      'vault-file',
      'The file {name} of the vault is damaged; without it the vault cannot be opened.',
      'Put {name} back from a backup. To begin anew, move the folder of the vault away. Nothing was changed.',
      'retry',
      'open-log',
    ),
    row(
      'A part of the vault was altered or damaged; it is not used.',
      'Run “datalayer-secrets audit verify” to see where, and restore the vault from a copy.',
      'open-log',
    ),
  ],
  vault_incomplete: [
    row(
      'The file {name} of the vault is gone from {path}; without it the vault cannot be opened.',
      'Put {name} back from a backup. To begin anew, move the folder away. Nothing was changed.',
      'retry',
      'open-log',
    ),
    row(
      'A file of the vault is gone; without it the vault cannot be opened.',
      'Put it back from a backup. To begin anew, move the folder of the vault away. Nothing was changed.',
      'retry',
      'open-log',
    ),
  ],
  disk_full: [row('The disk is full; nothing was stored.', 'Make room, then try again.', 'retry', 'open-log')],
  audit_unavailable: [
    row(
      'The audit record could not be written, so nothing was done.',
      'Check the disk that holds the vault, then try again.',
      'retry',
      'open-log',
    ),
  ],
  no_keychain: [
    row('This machine has no keychain that can be used.', 'Use a passphrase or a key file.', 'set-up', 'unlock'),
  ],
  keychain_locked: [
    row(
      'The keychain of the system is locked.',
      'Unlock it, or open the vault by its passphrase or key file.',
      'unlock',
    ),
  ],
  keychain_denied: [
    row(
      'The keychain did not give out the key.',
      'Allow the access when the system asks, or open the vault by its passphrase or key file.',
      'unlock',
    ),
  ],
  keychain_timeout: [
    row(
      'The keychain did not answer.',
      'Look for a question of the system behind this window, then try again.',
      'unlock',
      'open-log',
    ),
  ],
  keychain_ambiguous: [
    row(
      'The keychain holds two sign-ins for {host}.',
      'Delete one of them in the password program of the system, then sign in again.',
      'sign-in',
    ),
    row(
      'The keychain holds two entries for the same thing.',
      'Delete one of them in the password program of the system, then try again.',
      'retry',
    ),
  ],
  no_key_file: [
    row('There is no folder {folder} for the key file.', 'Make it first, or choose another place.'),
    row(
      'The key file of the vault is not there or cannot be read.',
      'Bring back the disk or folder that holds it, or open the vault another way.',
      'unlock',
      'open-log',
    ),
  ],
  elsewhere: [
    row(
      'The vault is in use on {host}, which shares this home folder.',
      'Stop it there (“datalayer-secrets stop”), then try again.',
      'retry',
    ),
    row(
      'The vault is in use on another machine that shares this home folder.',
      'Stop it there (“datalayer-secrets stop”), then try again.',
      'retry',
    ),
  ],
  too_old: [
    row(
      'The running secrets service is older than this program needs.',
      'Update the package that started it, or stop it (“datalayer-secrets stop”) and try again.',
      'update',
      'retry',
    ),
  ],
  too_new: [
    row('The running secrets service is newer than this program knows.', 'Update this extension or package.', 'update'),
  ],
  newer_vault: [
    when(
      'grants',
      'A newer version wrote {path}, so what notebooks may use is remembered only until the Jupyter server ends.',
      'Update Datalayer Secrets, then restart the Jupyter server.',
      'update',
    ),
    row(
      'A newer version wrote this vault; it was not touched.',
      'Update Datalayer Secrets, then open it again.',
      'update',
    ),
  ],
  bad_permissions: [
    when(
      'grants',
      '{path} cannot be written, so what notebooks may use is remembered only until the Jupyter server ends.',
      'Give yourself the right to read and write the file and its folder.',
    ),
    when(
      'unreadable',
      '{path} cannot be read, so the vault cannot be opened.',
      'Give yourself the right to read it (chmod 600), then try again.',
      'retry',
      'open-log',
    ),
    when(
      'other-kind',
      'Something else lies in the place of {path}, so it is not used.',
      'Move it away, and put back from a backup what belongs there.',
      'retry',
      'open-log',
    ),
    when(
      'owner',
      '{path} belongs to another user, so it is not used.',
      'Make it yours (chown), then try again.',
      'retry',
      'open-log',
    ),
    row(
      'Other users of this machine can read {path}, so it is not used.',
      'Make it yours alone (chmod 700 for a folder, 600 for a file), then try again.',
      'retry',
      'open-log',
    ),
    row(
      'Other users of this machine can read the files of the vault, so they are not used.',
      'Make ~/.datalayer/secrets yours alone (chmod -R go= ~/.datalayer/secrets), then try again.',
      'retry',
      'open-log',
    ),
  ],
  no_service: [
    when(
      'extension',
      'The Jupyter server lacks the server part of Datalayer Secrets.',
      'Install jupyterlab-datalayer-secrets where the server runs, then restart the server. JupyterLite has no server, so it has no place for secrets.',
      'retry',
    ),
    row(
      'The secrets service runs as process {pid}, but what leads to it was lost or changed.',
      'End that process, then try again.',
      'retry',
      'open-log',
    ),
    row('Port {port} is taken by another program.', 'Choose another one, or name none: a free one is found.'),
    row('The secrets service could not be started.', 'Try again; the log says what went wrong.', 'retry', 'open-log'),
  ],
  impostor: [
    row(
      'Another program answers where the secrets service was. Nothing was sent to it.',
      'Try again: the service is looked for anew.',
      'retry',
      'open-log',
    ),
  ],
  cancelled: [row('Cancelled.', 'Nothing more is done.')],
  unexpected: [
    row('Something unexpected happened.', 'Try again. If it happens again, the log says more.', 'retry', 'open-log'),
  ],
};

/** The kind that a word names. */
export function kindNamed(word: unknown): ErrorKind | undefined {
  return typeof word === 'string' && Object.hasOwn(ERROR_TABLE, word) ? (word as ErrorKind) : undefined;
}

function rowFor(kind: ErrorKind, details: SecretsError['details']): Row {
  const rows = ERROR_TABLE[kind];
  const fits = ({ reason, what, advice }: Row) =>
    (reason === undefined || reason === details['reason']) &&
    Array.from(`${what}${advice}`.matchAll(/\{(\w+)\}/g)).every(([, name]) => Object.hasOwn(details, name ?? ''));
  return rows.find(fits) ?? (rows[rows.length - 1] as Row);
}

/** An error of this kind whose message is the table's English sentence. */
export function failure(kind: ErrorKind, details: SecretsError['details'] = {}): SecretsError {
  return new SecretsError(kind, inEnglish(rowFor(kind, details).what, details), details);
}

/** What to show for anything that was thrown. The texts hold nothing but the table's words and the error's details. */
export function explain(
  error: unknown,
  translate: Translate = inEnglish,
): { kind: ErrorKind; what: string; advice: string; actions: readonly ErrorAction[] } {
  const { kind, details } = toSecretsError(error);
  const { what, advice, actions } = rowFor(kind, details);
  return { kind, what: translate(what, details), advice: translate(advice, details), actions };
}

/**
 * Anything that was thrown, as a `SecretsError`. An abort becomes `cancelled`, a broken connection what broke it. Of an
 * unknown error only its class and the lines of code it came through are kept: its message may repeat what was sent (a
 * header, a piece of JSON).
 */
export function toSecretsError(error: unknown): SecretsError {
  if (error instanceof SecretsError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : typeof error;
  if (name === 'AbortError') return failure('cancelled');
  const broken = networkError(error);
  if (broken) return failure(broken.kind, broken.details);
  const unexpected = failure('unexpected', { name });
  if (error instanceof Error && error.stack?.startsWith(String(error))) {
    const frames = error.stack
      .slice(String(error).length)
      .split('\n')
      .filter((line) => /^\s+at /.test(line));
    unexpected.stack = [`${unexpected.name}: ${unexpected.message} (${name})`, ...frames].join('\n');
  }
  return unexpected;
}
