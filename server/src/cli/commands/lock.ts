import { connect } from '../connect.ts';
import type { Command } from '../command.ts';
import { printJson, printLine } from '../print.ts';

export const command: Command = {
  usage: '',
  help: 'Locks the local vault: its key leaves the memory of the service.',
  options: {},
  words: [0, 0],
  async run(call) {
    const connection = await connect(call, false);
    try {
      const status = await connection?.service.lock();
      if (call.json) printJson(status ?? { state: 'none' });
      else printLine(connection === null ? 'No service is running, so nothing is open.' : 'The local vault is locked.');
    } finally {
      connection?.close();
    }
    return undefined;
  },
};
