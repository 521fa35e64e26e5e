import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { test } from './registry.ts';

const extension = vscode.extensions.getExtension('datalayer.datalayer-secrets');
const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };

/** The command line of the service that the extension carries, run by the editor's own Node. */
function commandLine(args: readonly string[], input = ''): string {
  const file = path.join(extension?.extensionPath ?? '', 'dist/service/service.cjs');
  return execFileSync(process.execPath, [file, ...args], { input, encoding: 'utf8' });
}

const run = (id: string, ...args: unknown[]): Promise<unknown> =>
  Promise.resolve(vscode.commands.executeCommand(`datalayerSecrets.${id}`, ...args));

/** Does something to the box at the top, again and again, until the command is over. */
async function meanwhile<T>(command: Promise<T>, action: string): Promise<T> {
  const over = command.then(
    () => true,
    () => true,
  );
  const moment = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 50));
  while (!(await Promise.race([over, moment()]))) await vscode.commands.executeCommand(action);
  return command;
}

test('the vault that the command line made is there for the commands', async () => {
  // Other files run in the same window: then the vault is there, and holds what they left.
  if (/"state":"(none|new)"/.test(commandLine(['status', '--json']))) {
    const folder = await mkdtemp(path.join(tmpdir(), 'key-'));
    commandLine(['setup', '--key-file', path.join(folder, 'vault.key')]);
  }
  commandLine(['create', 'DB_PASSWORD', '--type', 'password'], 'canary of the commands');
  await vscode.commands.executeCommand('workbench.view.extension.datalayerSecrets');
  const found = (await meanwhile(run('findSecret'), 'workbench.action.acceptSelectedQuickOpenItem')) as {
    vaultId: string;
    secret: { name: unknown };
  };
  assert.equal(found.vaultId, 'local');
  assert.equal(typeof found.secret.name, 'string');
  assert.ok(!JSON.stringify(found).includes('canary'));
});

for (const { command } of contributes.commands) {
  if (/\.(lock|unlock)$/.test(command)) continue;
  test(`${command} works without a selection, and can be left without a word`, async () => {
    await meanwhile(run(command.replace('datalayerSecrets.', '')), 'workbench.action.closeQuickOpen');
  });
}

test('locking and unlocking by key file ask nothing', async () => {
  assert.equal(await run('lock'), true);
  assert.match(commandLine(['status', '--json']), /"state":"locked"/);
  assert.equal(await run('unlock'), true);
  assert.match(commandLine(['status', '--json']), /"state":"open"/);
});

test('a call with arguments that are no secret asks which, like one without', async () => {
  for (const argument of [
    null,
    7,
    'x',
    {},
    { vaultId: 1 },
    { vaultId: 'local', secret: {} },
    [],
    { from: 'selection' },
  ])
    assert.equal(await meanwhile(run('copyValue', argument), 'workbench.action.closeQuickOpen'), undefined);
});
