import type { KeychainState } from '@datalayer-secrets/shared';
import { BusError, NoBus, onBus, sessionBusSockets, type Bus } from './dbus/bus.ts';
import type { Value } from './dbus/wire.ts';

/** https://specifications.freedesktop.org/secret-service-spec/latest/ */
const NAME = 'org.freedesktop.secrets';
const ROOT = '/org/freedesktop/secrets';
const SERVICE = 'org.freedesktop.Secret.Service';
const NO_OBJECT = '/';
/** Questions to the bus itself; a healthy one answers in a millisecond. */
const PRESENCE_MS = 2000;

/** The attributes by which we and Python's keyring find an item. */
export interface ItemKey {
  readonly service: string;
  readonly account?: string;
}

/** How many items there are, and how many of them would take a prompt to be read. */
export interface ItemCount {
  readonly unlocked: number;
  readonly locked: number;
}

/**
 * Asks, on Linux, what can be known of the keyring without its secrets: over D-Bus, never with a prompt, and without the
 * native library, which would fall back to a store that does not survive a reboot.
 */
export class SecretService {
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Whether a keyring runs or could be started. It is not started. */
  async state(): Promise<KeychainState> {
    const sockets = sessionBusSockets(this.#environment);
    if (sockets.length === 0) return 'no-session-bus';
    try {
      return await onBus(sockets, PRESENCE_MS, async (bus) => {
        if ((await bus.ask('NameHasOwner', NAME))[0] === true) return 'available';
        const [names] = await bus.ask('ListActivatableNames');
        return Array.isArray(names) && names.includes(NAME) ? 'available' : 'no-secret-service';
      });
    } catch (error) {
      if (error instanceof NoBus || error instanceof BusError) return 'no-session-bus';
      throw error;
    }
  }

  /** @throws NoBus, BusError */
  count(key: ItemKey, timeoutMs: number): Promise<ItemCount> {
    return this.#on(timeoutMs, async (bus) => {
      const [unlocked, locked] = await search(bus, key);
      return { unlocked: unlocked.length, locked: locked.length };
    });
  }

  /** The account of each item of a service; one that two items have comes twice. @throws NoBus, BusError */
  accounts(service: string, timeoutMs: number): Promise<string[]> {
    return this.#on(timeoutMs, async (bus) => {
      const items = (await search(bus, { service })).flat();
      const accounts = await Promise.all(items.map((item) => accountOf(bus, item)));
      return accounts.filter((account) => account !== null);
    });
  }

  /** Whether writing a new item would take a prompt: there is no default collection yet, or it is locked. @throws NoBus, BusError */
  writeLocked(timeoutMs: number): Promise<boolean> {
    return this.#on(timeoutMs, async (bus) => {
      const [collection] = await bus.call({
        destination: NAME,
        path: ROOT,
        interface: SERVICE,
        member: 'ReadAlias',
        signature: 's',
        body: ['default'], // prettier-ignore
      });
      if (typeof collection !== 'string' || collection === NO_OBJECT) return true;
      return (await property(bus, collection, 'org.freedesktop.Secret.Collection', 'Locked')) !== false;
    });
  }

  #on<T>(timeoutMs: number, ask: (bus: Bus) => Promise<T>): Promise<T> {
    return onBus(sessionBusSockets(this.#environment), timeoutMs, ask);
  }
}

async function search(bus: Bus, { service, account }: ItemKey): Promise<[string[], string[]]> {
  const attributes = new Map([['service', service]]);
  if (account !== undefined) attributes.set('username', account);
  const [unlocked, locked] = await bus.call({
    destination: NAME,
    path: ROOT,
    interface: SERVICE,
    member: 'SearchItems',
    signature: 'a{ss}',
    body: [attributes], // prettier-ignore
  });
  return [pathsOf(unlocked), pathsOf(locked)];
}

async function accountOf(bus: Bus, item: string): Promise<string | null> {
  const attributes = await property(bus, item, 'org.freedesktop.Secret.Item', 'Attributes');
  const account = attributes instanceof Map ? attributes.get('username') : undefined;
  return typeof account === 'string' ? account : null;
}

async function property(bus: Bus, path: string, of: string, name: string): Promise<Value | undefined> {
  const [value] = await bus.call({
    destination: NAME,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [of, name], // prettier-ignore
  });
  return value;
}

function pathsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : [];
}
