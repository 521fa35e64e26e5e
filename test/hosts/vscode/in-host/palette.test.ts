import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { test } from './registry.ts';

const VALUE = 'first line\nsecond line';

/** Runs the command line of the service that the extension carries. */
function commandLine(args: readonly string[], input = ''): Promise<string> {
  const extension = vscode.extensions.getExtension('datalayer.datalayer-secrets');
  const file = path.join(extension?.extensionPath ?? '', 'dist', 'service', 'service.cjs');
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [file, ...args], (error, stdout) => {
      if (error) reject(new Error(error.message));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

/** Acts again and again until the command has ended: when its questions open cannot be seen from here. */
async function meanwhile<T>(running: Thenable<T>, act: string): Promise<T> {
  const ends = Promise.resolve(running);
  const progress = { ended: false };
  void ends.finally(() => (progress.ended = true));
  while (!progress.ended) {
    await vscode.commands.executeCommand(act);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return await ends;
}

const takingTheFirst = <T>(running: Thenable<T>) => meanwhile(running, 'workbench.action.acceptSelectedQuickOpenItem');

const run = <T>(id: string, ...args: unknown[]) => vscode.commands.executeCommand<T>(`datalayerSecrets.${id}`, ...args);

test('a vault with one secret is there', async () => {
  const key = path.join(await mkdtemp(path.join(tmpdir(), 'key-')), 'vault.key');
  // Other files run in the same window: then the vault is there, and holds what they left.
  await commandLine(['setup', '--key-file', key]).catch(() => '');
  const left = JSON.parse(await commandLine(['ls', '--json'])) as { uid: string }[];
  for (const { uid } of left) await commandLine(['rm', uid, '--yes']);
  await commandLine(['create', 'DATABASE_URL'], VALUE);
  await run('refresh');
});

test('inserting, called without a selection, asks which secret', async () => {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: '' });
  await vscode.window.showTextDocument(document);
  await takingTheFirst(run('insertReference'));
  assert.equal(document.getText(), 'import os\nos.environ["DATABASE_URL"]');
});

test('finding inserts what is found', async () => {
  const document = await vscode.workspace.openTextDocument({ language: 'shellscript', content: '' });
  await vscode.window.showTextDocument(document);
  const found = await takingTheFirst(run<{ secret: { name: string } }>('findSecret'));
  assert.equal(found.secret.name, 'DATABASE_URL');
  assert.equal(document.getText(), '"$DATABASE_URL"');
});

test('copying a reference, called without a selection, asks which secret', async () => {
  await takingTheFirst(run('copyReference'));
  assert.equal(await vscode.env.clipboard.readText(), '"$DATABASE_URL"');
});

test('copying a value, called without a selection, asks which secret, and returns no value', async () => {
  const returned = await takingTheFirst(run('copyValue'));
  assert.equal(await vscode.env.clipboard.readText(), VALUE);
  assert.equal(returned, undefined);
  await vscode.env.clipboard.writeText('');
});

test('creating from a selection of nothing changes nothing and does not wait', async () => {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'x = 1' });
  await vscode.window.showTextDocument(document);
  assert.equal(await run('createFromSelection'), undefined);
  assert.equal(document.getText(), 'x = 1');
});
