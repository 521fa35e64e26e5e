import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Socket } from 'node:net';
import { failure, helloClientId, helloProof, toSecretsError } from '@datalayer-secrets/shared';
import { readHello } from './hello-answer.ts';

const TIMEOUT_MS = 10_000;

/**
 * Opens connections and makes the other end prove, before anything else, that it knows the token: `GET /hello` with a
 * fresh nonce, answered by an HMAC over nonce, port and process id. The port is the one connected to, so an answer that
 * was fetched from the real service on another port does not fit.
 */
export class Handshake {
  readonly #port: number;
  readonly #token: string;
  readonly #client: Promise<string>;
  readonly #underWay = new Set<Socket>();
  #closed = false;

  constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
    this.#client = helloClientId(token);
  }

  /**
   * A socket on which nothing but the question was written, and nothing but the right answer came back.
   * @throws offline, timeout, impostor
   */
  async connect(): Promise<Socket> {
    if (this.#closed) throw failure('offline');
    const client = await this.#client;
    // Not `net.connect`, which VS Code patches as well.
    const socket = new Socket();
    this.#underWay.add(socket);
    // For life: one that breaks while nobody uses it is no news.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    try {
      const nonce = randomBytes(24).toString('base64url');
      const { proof, pid } = await this.#ask(socket, nonce, client);
      const expected = await helloProof(this.#token, nonce, this.#port, pid);
      if (!timingSafeEqual(Buffer.from(expected), Buffer.from(proof))) throw failure('impostor', { reason: 'proof' });
      if (socket.destroyed) throw failure('offline');
      return socket;
    } catch (error) {
      socket.destroy();
      throw toSecretsError(error);
    } finally {
      this.#underWay.delete(socket);
    }
  }

  /** Gives up what is under way, and all that would come. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#underWay) socket.destroy();
  }

  #ask(socket: Socket, nonce: string, client: string): Promise<{ proof: string; pid: number }> {
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        socket.removeAllListeners('data').off('close', hungUp).off('end', hungUp);
        act();
      };
      // Whoever takes a connection and hangs up without a word may be the service, ending.
      const hungUp = () =>
        settle(() => reject(failure(received.length === 0 ? 'offline' : 'impostor', { reason: 'answer' })));
      const timer = setTimeout(
        () => settle(() => reject(failure('timeout', { seconds: TIMEOUT_MS / 1000 }))),
        TIMEOUT_MS,
      );
      socket.on('close', hungUp).on('end', hungUp);
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        const hello = readHello(received);
        if (hello === 'foreign') settle(() => reject(failure('impostor', { reason: 'answer' })));
        else if (hello !== 'partial') settle(() => resolve(hello));
      });
      socket.connect({ host: '127.0.0.1', port: this.#port }, () => {
        const host = `127.0.0.1:${this.#port}`;
        const question = [
          `GET /hello?nonce=${nonce}&client=${client} HTTP/1.1`,
          `host: ${host}`,
          'accept: application/json',
          '',
          '',
        ];
        socket.write(question.join('\r\n'));
      });
    });
  }
}
