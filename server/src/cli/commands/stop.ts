import { connect } from '../connect.ts';
import type { Command } from '../command.ts';
import { printJson, printLine } from '../print.ts';

export const command: Command = {
  usage: '',
  help: 'Ends the service. Open vaults are locked by that.',
  options: {},
  words: [0, 0],
  async run(call) {
    const connection = await connect(call, false);
    try {
      await connection?.service.stop();
    } finally {
      connection?.close();
    }
    if (call.json) printJson({ stopped: connection !== null });
    else printLine(connection === null ? 'No service is running.' : 'The service ends.');
    return undefined;
  },
};
