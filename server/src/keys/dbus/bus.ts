import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { decodeMessage, encodeCall, ERROR, FIELD, METHOD_RETURN, type Call, type Message, type Value } from './wire.ts';

const DAEMON = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** The bus answered a call with an error. */
export class BusError extends Error {
  readonly errorName: string;

  constructor(errorName: string) {
    super(errorName);
    this.name = 'BusError';
    this.errorName = errorName;
  }
}

/** No bus: nothing to connect to, a connection that ended, or no answer in time (`timedOut`). */
export class NoBus extends Error {
  readonly timedOut: boolean;

  constructor(message: string, timedOut = false, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoBus';
    this.timedOut = timedOut;
  }
}

/** Sockets where the session bus may listen, as `net.connect` takes them. Abstract names begin with NUL. */
export function sessionBusSockets(environment: NodeJS.ProcessEnv): string[] {
  const { DBUS_SESSION_BUS_ADDRESS: addresses, XDG_RUNTIME_DIR: runtime } = environment;
  const standard = runtime === undefined || runtime === '' ? [] : [path.join(runtime, 'bus')];
  if (addresses === undefined || addresses === '') return standard;
  return addresses.split(';').flatMap((address) => {
    const [transport, parameters = ''] = address.split(':', 2);
    if (transport !== 'unix') return [];
    const known = new Map(parameters.split(',').map((pair) => pair.split('=', 2) as [string, string | undefined]));
    if (known.get('runtime') === 'yes') return standard;
    const file = known.get('path');
    const abstract = known.get('abstract');
    if (file !== undefined) return [unescape(file)];
    return abstract === undefined ? [] : [`\0${unescape(abstract)}`];
  });
}

/**
 * Asks questions on the session bus over one connection and closes it. All of it must be over within `timeoutMs`.
 * @throws NoBus, BusError
 */
export async function onBus<T>(
  sockets: readonly string[],
  timeoutMs: number,
  ask: (bus: Bus) => Promise<T>,
): Promise<T> {
  let failure: unknown = new NoBus('no address');
  const deadline = performance.now() + timeoutMs;
  for (const socket of sockets) {
    let bus;
    try {
      bus = await Bus.connect(socket, deadline);
    } catch (error) {
      failure = error;
      continue;
    }
    try {
      return await ask(bus);
    } finally {
      bus.close();
    }
  }
  throw failure;
}

export class Bus {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (body: readonly Value[]) => void; reject: (error: Error) => void }>();
  readonly #timer: NodeJS.Timeout;
  #received: Buffer = Buffer.alloc(0);
  #serial = 0;
  #ready: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #ended: Error | null = null;

  private constructor(socket: Socket, deadline: number) {
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#end(new NoBus('no answer in time', true)), deadline - performance.now());
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', (error) => this.#end(new NoBus('no connection', false, { cause: error })));
    socket.on('close', () => this.#end(new NoBus('the connection ended')));
  }

  /** Connects and says who we are, by the uid that the socket proves. @param deadline in `performance.now()` */
  static async connect(socketPath: string, deadline: number): Promise<Bus> {
    const socket = connect({ path: socketPath });
    const bus = new Bus(socket, deadline);
    const uid = Buffer.from(String(process.getuid?.() ?? '')).toString('hex');
    await new Promise<void>((resolve, reject) => {
      bus.#ready = { resolve, reject };
      socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    });
    await bus.call({ ...DAEMON, member: 'Hello' });
    return bus;
  }

  /** @throws NoBus, BusError */
  call(call: Call): Promise<readonly Value[]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      const serial = ++this.#serial;
      this.#waiting.set(serial, { resolve, reject });
      this.#socket.write(encodeCall(serial, call));
    });
  }

  /** Asks the bus itself. */
  ask(member: string, ...names: string[]): Promise<readonly Value[]> {
    return this.call({
      ...DAEMON,
      member,
      ...(names.length > 0 && { signature: 's'.repeat(names.length), body: names }),
    });
  }

  close(): void {
    this.#end(new NoBus('closed'));
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    try {
      if (this.#ready !== null) this.#readAuthentication(this.#ready);
      else this.#readMessages();
    } catch (error) {
      this.#end(new NoBus('not understood', false, { cause: error }));
    }
  }

  #readAuthentication(ready: { resolve: () => void; reject: (error: Error) => void }): void {
    const end = this.#received.indexOf('\r\n');
    if (end === -1) return;
    const line = this.#received.toString('latin1', 0, end);
    this.#received = this.#received.subarray(end + 2);
    if (!line.startsWith('OK ')) throw new Error('refused');
    this.#ready = null;
    this.#socket.write('BEGIN\r\n');
    ready.resolve();
  }

  #readMessages(): void {
    for (;;) {
      const decoded = decodeMessage(this.#received);
      if (decoded === null) return;
      this.#received = this.#received.subarray(decoded.end);
      this.#answer(decoded.message);
    }
  }

  #answer({ type, fields, body }: Message): void {
    if (type !== METHOD_RETURN && type !== ERROR) return; // signals and calls: not for us
    const serial = fields.get(FIELD.replySerial) as number;
    const waiting = this.#waiting.get(serial);
    this.#waiting.delete(serial);
    if (type === METHOD_RETURN) waiting?.resolve(body);
    else waiting?.reject(new BusError(textOf(fields.get(FIELD.errorName))));
  }

  #end(error: Error): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    this.#ready?.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `%41` and the like in an address. */
function unescape(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
