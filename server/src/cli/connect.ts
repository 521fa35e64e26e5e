import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { SecretsError, ServiceClient } from '@datalayer-secrets/shared';
import { ensure } from '../service/ensure.ts';
import type { Call } from './command.ts';

export interface Connection {
  readonly service: ServiceClient;
  readonly origin: string;
  close(): void;
}

/** A client of the running service, or null where none runs and none is to be started. @throws SecretsError `elsewhere` */
export async function connect(call: Call, start: boolean): Promise<Connection | null> {
  const { places, program, environment } = call;
  const answer = await ensure({
    label: 'command line',
    scope: 'full',
    start,
    replace: false,
    places,
    program,
    environment,
  });
  if (answer.state === 'none') return null;
  if (answer.state === 'elsewhere') {
    throw new SecretsError('elsewhere', `The vault is in use on ${answer.host}.`, { host: answer.host });
  }
  const { origin, token } = answer;
  const fetch = createLoopbackFetch({ port: Number(new URL(origin).port), token });
  return { service: new ServiceClient({ origin, token, fetch }), origin, close: () => fetch.close() };
}

/** Runs `work` with a service, which is started if none runs. */
export async function withService<T>(call: Call, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(call, true);
  if (connection === null) throw new SecretsError('no_service', 'The service could not be started.');
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
