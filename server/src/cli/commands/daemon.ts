import { flushCompileCache } from 'node:module';
import { guardProcess, LOCK_HELD, logFailedStart } from '../../service/process.ts';
import { startService } from '../../service/service.ts';
import type { Command } from '../command.ts';

/** Time after which code that a start needs has run: then it is worth keeping compiled. */
const WARM_MS = 2_000;

export const command: Command = {
  usage: '',
  help: 'The process that `ensure` starts.',
  options: {},
  words: [0, 0],
  async run({ places, environment }) {
    guardProcess(places);
    const service = await startService({ places, environment }).catch((error: unknown) => {
      logFailedStart(places, error);
      throw error;
    });
    if (service === null) return LOCK_HELD;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void service.stop());
    process.on('SIGHUP', () => undefined); // the terminal it was started from is not its own
    setTimeout(() => flushCompileCache(), WARM_MS).unref();
    await service.ended;
    return undefined;
  },
};
