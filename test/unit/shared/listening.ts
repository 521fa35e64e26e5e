import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body, or undefined. */
  readonly body: unknown;
}

export type Answerer = (asked: Asked, response: ServerResponse, count: number) => unknown;

/** A real HTTP server on a free port that answers as the test says, until the test is over. */
export async function listening(answer: Answerer) {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    asked.push({ method, path, headers, text, body: text === '' ? undefined : (JSON.parse(text) as unknown) });
    await answer(asked[asked.length - 1] as Asked, response, asked.length);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, server, port, origin: `http://127.0.0.1:${port}` };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A secret as a service lists it. */
export const item = (fields: Record<string, unknown> = {}) => ({
  id: '01KADR0000000000000000000A',
  uid: '01KADR0000000000000000000A',
  type_s: 'secret',
  variant_s: 'key',
  name_s: 'OPENAI_API_KEY',
  description_t: 'for tests',
  value_s: '',
  ...fields,
});
