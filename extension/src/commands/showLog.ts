import type { Command } from './command.ts';

export const showLog: Command = {
  id: 'showLog',
  run(deps) {
    deps.log.show();
    return Promise.resolve(true);
  },
};
