import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './registry.ts';

const ID = 'datalayer.datalayer-secrets';

test('the extension is installed and asleep until it is needed', () => {
  const extension = vscode.extensions.getExtension(ID);
  assert.ok(extension);
  assert.equal(extension.isActive, false);
});

test('opening its view wakes it', async () => {
  const extension = vscode.extensions.getExtension(ID);
  await vscode.commands.executeCommand('workbench.view.extension.datalayerSecrets');
  const deadline = Date.now() + 10_000;
  while (!extension?.isActive && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(extension?.isActive, true);
  await extension.activate(); // rejects if waking failed
});

test('every declared command is registered once it is awake', async () => {
  const extension = vscode.extensions.getExtension(ID);
  await extension?.activate();
  const manifest = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = manifest.contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
  assert.deepEqual(missing, []);
});
