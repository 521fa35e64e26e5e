import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { helloClientId, helloProof } from '../../../shared/src/hello.ts';

export const TOKEN = 'token-canary-9b2e';

export type Answerer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

const ok: Answerer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}');
};

/** A service that knows the token: it proves so, and counts whom it greeted and what it was asked. */
export async function proving(answer: Answerer = ok, options: { port?: number; token?: string } = {}) {
  const { token = TOKEN } = options;
  const seen = { hellos: 0, sockets: 0, asked: [] as string[] };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://service');
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (url.pathname !== '/hello') {
      seen.asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`.trim());
      return answer(request, response, body);
    }
    seen.hellos++;
    const known = url.searchParams.get('client') === (await helloClientId(token));
    const proof = await helloProof(token, url.searchParams.get('nonce') ?? '', port, process.pid);
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { success: true, proof, port, pid: process.pid } : { success: false }));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', () => seen.sockets++);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(() => void stop());
  return { server, port, seen, stop, url: `http://127.0.0.1:${port}` };
}

/** A foreign program on a port: it keeps every byte it is sent and answers as the test says. */
export async function squatting(answer: (received: string, socket: Socket) => void, port = 0) {
  const seen = { bytes: '', connections: 0 };
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    seen.connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      seen.bytes += chunk.toString('latin1');
      answer(chunk.toString('latin1'), socket);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: taken } = server.address() as AddressInfo;
  return { seen, port: taken, url: `http://127.0.0.1:${taken}` };
}

export function httpText(status: string, body: string, headers: string[] = []): string {
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}
