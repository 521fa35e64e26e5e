import * as vscode from 'vscode';

/** What may be logged beside the event: numbers, flags, and words that programs made (kinds, ids, states). */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
  show(): void;
}

/** The log channel of the extension. It can hold no value and no name of a secret: only short machine words pass. */
export class LogChannel implements Log, vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Datalayer Secrets', { log: true });

  info(event: string, facts: Facts = {}): void {
    this.#channel.info(line(event, facts));
  }

  warn(event: string, facts: Facts = {}): void {
    this.#channel.warn(line(event, facts));
  }

  error(event: string, facts: Facts = {}): void {
    this.#channel.error(line(event, facts));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

/** `event key=value …`. A string that is no machine word (an identifier, a version, a kind) is left out. */
export function line(event: string, facts: Facts): string {
  const shown = Object.entries(facts)
    .filter(([, fact]) => fact !== undefined)
    .map(
      ([key, fact]) => `${key}=${typeof fact === 'string' && !/^[a-z0-9_.-]{1,40}$/i.test(fact) ? '…' : String(fact)}`,
    );
  return [event, ...shown].join(' ');
}
