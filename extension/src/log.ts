import * as vscode from 'vscode';

import type { EnsureAnswer, ErrorKind } from '@datalayer-secrets/shared';

/** All that is logged beside the event. There is no field for a text, so no name, value or address gets into the log. */
export interface Facts {
  readonly kind?: ErrorKind;
  readonly state?: EnsureAnswer['state'];
  readonly start?: boolean;
  /** Milliseconds it took. */
  readonly ms?: number;
}

export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
  show(): void;
}

/** The log channel of the extension. */
export class LogChannel implements Log, vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Datalayer Secrets', { log: true });

  info(event: string, facts?: Facts): void {
    this.#channel.info(line(event, facts));
  }

  warn(event: string, facts?: Facts): void {
    this.#channel.warn(line(event, facts));
  }

  error(event: string, facts?: Facts): void {
    this.#channel.error(line(event, facts));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

function line(event: string, facts: Facts = {}): string {
  return [event, ...Object.entries(facts).map(([key, fact]) => `${key}=${String(fact)}`)].join(' ');
}
