import { SecretsError, SecretValue } from '@datalayer-secrets/shared';

const ESCAPE = '\x1b';
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const DELETE = '\x7f';
/** A terminal that is told so puts marks around what is pasted. */
const PASTE_ON = `${ESCAPE}[?2004h`;
const PASTE_OFF = `${ESCAPE}[?2004l`;
const PASTE_START = `${ESCAPE}[200~`;
const PASTE_END = `${ESCAPE}[201~`;
const SEQUENCE = new RegExp(`^${ESCAPE}(?:\\[[\\d;]*[A-Za-z~]|O[A-Z])?`);
/** A control sequence that may go on in the next piece of input. */
const BEGINNING = new RegExp(`^${ESCAPE}(?:\\[[\\d;]*)?$`);

export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks for a text that is not shown while typed. Line breaks inside a paste are kept: cut at the first one, the rest of
 * a pasted key would end up as commands of the shell.
 * @throws SecretsError `cancelled` on Ctrl-C or Ctrl-D
 */
export async function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // First, so that nothing typed at the sight of the question is shown.
  stdin.setRawMode(true);
  stderr.write(`${question} ${PASTE_ON}`);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      const typed = new HiddenLine();
      const onData = (chunk: string) => {
        const done = typed.take(chunk);
        if (done === null) return;
        stdin.off('data', onData);
        if (done) resolve(typed.text);
        else reject(new SecretsError('cancelled', 'Nothing was changed.'));
      };
      stdin.on('data', onData);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write(`${PASTE_OFF}\n`);
  }
}

/** The keys of one hidden answer. */
export class HiddenLine {
  #letters: string[] = [];
  #pasting = false;
  /** A control sequence may arrive in two pieces. */
  #rest = '';

  get text(): string {
    // Terminals send a line break inside a paste as CR, some as CR LF.
    return this.#letters.join('').replaceAll(/\r\n?/g, '\n');
  }

  /** True: finished; false: given up; null: more to come. */
  take(chunk: string): boolean | null {
    const input = this.#rest + chunk;
    this.#rest = '';
    let at = 0;
    while (at < input.length) {
      const letter = String.fromCodePoint(input.codePointAt(at) ?? 0);
      const sequence = letter === ESCAPE ? (SEQUENCE.exec(input.slice(at))?.[0] ?? letter) : null;
      if (sequence !== null && BEGINNING.test(input.slice(at))) {
        this.#rest = input.slice(at);
        return null;
      }
      at += (sequence ?? letter).length;
      if (sequence === PASTE_START) this.#pasting = true;
      else if (sequence === PASTE_END) this.#pasting = false;
      else if (sequence !== null)
        continue; // an arrow or function key
      else if (this.#pasting) this.#letters.push(letter);
      else if (letter === '\r' || letter === '\n') return true;
      else if (letter === CTRL_C || letter === CTRL_D) return false;
      else if (letter === DELETE || letter === '\b') this.#letters.pop();
      else this.#letters.push(letter);
    }
    return null;
  }
}

/** One visible line; `y` or `yes` is consent, everything else is not. */
export async function askConsent(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** All of standard input, which must be text. @throws SecretsError `invalid`, `too_large` */
export async function readInput(limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
    if (bytes > limit) {
      throw new SecretsError('too_large', `The input has more than ${limit} bytes.`, { bytes, limit });
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new SecretsError('invalid', 'The input is not text in UTF-8.', { reason: 'not-text' });
  }
}

/** A passphrase: typed, twice where it is a new one, or one line of standard input. */
export async function readPassphrase(isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY) return (await readInput(8192)).replace(/\r?\n$/, '');
  const typed = await askHidden(isNew ? 'New passphrase:' : 'Passphrase:');
  if (isNew && typed !== (await askHidden('Again:'))) {
    throw new SecretsError('invalid', 'The two passphrases differ.', { reason: 'passphrases-differ' });
  }
  return typed;
}

/** The same, where an empty one is none. @throws SecretsError `invalid` */
export async function needPassphrase(isNew: boolean): Promise<SecretValue> {
  const passphrase = await readPassphrase(isNew);
  if (passphrase === '') throw new SecretsError('invalid', 'The passphrase is empty.', { reason: 'empty-passphrase' });
  return new SecretValue(passphrase);
}
