import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** What VS Code uses of @vscode/spdlog, without rotation. */
export function createAsyncRotatingLogger(_name: string, file: string): Promise<Logger> {
  return Promise.resolve(new Logger(file));
}

export function setFlushOn(): void {
  // Nothing is held back.
}

class Logger {
  readonly #file: string;

  constructor(file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.#file = file;
  }

  trace = (text: string) => this.#write('trace', text);
  debug = (text: string) => this.#write('debug', text);
  info = (text: string) => this.#write('info', text);
  warn = (text: string) => this.#write('warning', text);
  error = (text: string) => this.#write('error', text);
  critical = (text: string) => this.#write('critical', text);

  setLevel(): void {
    // VS Code asks only for what it wants written.
  }

  setPattern(): void {
    // The only one there is.
  }

  clearFormatters(): void {
    // Nor is there another.
  }

  flush(): void {
    // Nothing is held back.
  }

  drop(): void {
    // Nothing is open.
  }

  #write(level: string, text: string): void {
    appendFileSync(this.#file, `${new Date().toISOString()} [${level}] ${text}\n`);
  }
}
