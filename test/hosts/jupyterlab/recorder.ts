import type { BrowserContext, Page, Request, Response } from 'playwright-core';

/** What never holds anything of a user: the files that JupyterLab consists of. */
const STATIC = ['script', 'stylesheet', 'image', 'font'];

/** Remembers all that the pages of a browser are told, and all that they ask for. */
export class Recorder {
  /** Address, headers and body of each answer; frames of sockets. */
  readonly told: string[] = [];
  /** What was sent, by address. */
  readonly sent: { readonly url: string; readonly text: string }[] = [];
  /** What pages wrote to the console. */
  readonly console: string[] = [];
  readonly #reading = new Set<Promise<void>>();

  constructor(context: BrowserContext) {
    context.on('request', (request) => this.#request(request));
    context.on('response', (response) => {
      const reading = this.#response(response).finally(() => this.#reading.delete(reading));
      this.#reading.add(reading);
    });
    context.on('console', (message) => this.console.push(message.text()));
    context.on('page', (page) => this.#sockets(page));
    for (const page of context.pages()) this.#sockets(page);
  }

  /** Resolves once all answers that began to come have been read. */
  async settled(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading);
  }

  #request(request: Request): void {
    const head = `${request.method()} ${request.url()}\n${JSON.stringify(request.headers())}`;
    this.sent.push({ url: request.url(), text: `${head}\n${request.postData() ?? ''}` });
  }

  async #response(response: Response): Promise<void> {
    const url = response.url();
    const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
    const skip = STATIC.includes(response.request().resourceType());
    // A redirect has no body, and of a page that was left there is none any more.
    const body = skip ? '' : await response.text().catch(() => '');
    this.told.push(`${response.status()} ${url}\n${headers}\n${body}`);
  }

  #sockets(page: Page): void {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => this.told.push(`frame ${socket.url()}\n${payload.toString()}`));
      socket.on('framesent', ({ payload }) => this.sent.push({ url: socket.url(), text: payload.toString() }));
    });
  }
}
