import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../service/log.ts';
import type { App } from './parts.ts';
import { listener } from './listener.ts';

const HOST = '127.0.0.1';

/**
 * Serves the app on a port of this machine only. `preferred` is taken if it is free, else any; with `only` a port that
 * is not free is an error.
 */
export async function listen(
  app: App,
  log: Log,
  preferred: number,
  only = false,
): Promise<{ server: Server; port: number }> {
  const server = createServer(
    {
      // Whoever sends slowly is cut off; a token has at most 5,000 characters, other headers are short.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
      requireHostHeader: false,
      noDelay: true,
    },
    listener(app, log),
  );
  // Another user of this machine can reach the port too; he shall not use up the service's file handles.
  server.maxConnections = 500;
  server.on('clientError', (_error, socket) => refuseSocket(socket));
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ success: false, message: 'This expectation is not met here.', code: 'invalid' }));
  });
  try {
    await bind(server, preferred);
  } catch (error) {
    if (only || preferred === 0) throw error;
    await bind(server, 0);
  }
  return { server, port: (server.address() as AddressInfo).port };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Broken framing: nothing after it can be trusted, so the connection ends with the answer. */
function refuseSocket(socket: Duplex): void {
  // Half an answer may be out already; another one in its middle would be read as its rest.
  if (!socket.writable || (Reflect.get(socket, '_httpMessage') as ServerResponse | null)?.headersSent === true) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ success: false, message: 'The request is not valid HTTP.', code: 'invalid' });
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** Lets requests that are under way finish, for at most `ms`, and takes no new ones. */
export async function drain(server: Server, ms: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), ms);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
