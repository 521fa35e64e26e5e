import { UsageError, type Command } from '../command.ts';
import { withService, type Connection } from '../connect.ts';
import { EXIT } from '../exit.ts';
import { printJson, printLine, printTable } from '../print.ts';

export const command: Command = {
  usage: '[verify] [--limit N] [--vault ID]',
  help: `Shows who did what, newest first. \`audit verify\` checks that no event was changed, added or taken away, and names
the first bad one.

  --limit N    how many events; default 50
  --vault ID   default local`,
  options: { limit: { type: 'string' }, vault: { type: 'string' } },
  words: [0, 1],
  async run(call) {
    const vault = call.text('vault') ?? 'local';
    if (call.words.length > 0 && call.words[0] !== 'verify')
      throw new UsageError('The only word that can follow is "verify".');
    return withService(call, async (connection) => {
      if (call.words[0] === 'verify') return verify(connection, vault, call.json);
      const limit = Number(call.text('limit') ?? 50);
      if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit is a number from 1.');
      const events = await connection.service.audit(vault, { limit });
      if (call.json) printJson(events);
      else {
        printTable(
          ['#', 'WHEN', 'WHO', 'SCOPE', 'WHAT', 'SECRET', 'OUTCOME', 'DETAIL'],
          events.map(({ seq, at, label, scope, action, uid, name, outcome, detail }) => {
            return [String(seq), at, label, scope, action, name ?? uid ?? '', outcome, detail ?? ''];
          }),
        );
      }
      return undefined;
    });
  },
};

async function verify({ service }: Connection, vault: string, json: boolean): Promise<number> {
  const bad = await service.verifyAudit(vault);
  if (json) printJson(bad === null ? { whole: true } : { whole: false, ...bad });
  else if (bad === null) printLine('The audit trail is whole.');
  else printLine(`The audit trail is not whole. First bad event: ${bad.seq}. ${bad.reason}`);
  return bad === null ? EXIT.ok : EXIT.failure;
}
