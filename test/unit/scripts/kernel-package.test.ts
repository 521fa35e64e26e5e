import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packKernelPackage } from '../../../scripts/build/kernel-package.ts';
import { jupyterFolder, python } from '../../../scripts/places.ts';

const run = promisify(execFile);
let folder: string;
let packed: readonly string[];

/** Python of an empty environment with this in it, and nothing else. */
async function environmentWith(archive: string): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'environment-'));
  const interpreter = path.join(place, 'bin/python');
  await run(python, ['-m', 'venv', '--without-pip', place]);
  const pip = ['-m', 'pip', '--isolated', '--python', interpreter, 'install', '--quiet', '--no-index', '--no-deps'];
  await run(python, [...pip, archive]);
  return interpreter;
}

describe('the package for Python programs', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kernel-package-'));
    packed = await packKernelPackage(folder);
  });
  afterAll(async () => rm(folder, { recursive: true }));

  test('is wheel and sources, of the version of the plugin', async () => {
    const { version } = JSON.parse(await readFile(path.join(jupyterFolder, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(packed.map((file) => path.basename(file))).toEqual([
      `datalayer_secrets-${version}-py3-none-any.whl`,
      `datalayer_secrets-${version}.tar.gz`,
    ]);
  });

  test.each(['.whl', '.tar.gz'])('brings the file that kernels import, and nothing else: %s', async (ending) => {
    const archive = packed.find((file) => file.endsWith(ending)) ?? '';
    // Sources are built with what is there: the environment of this clone has the builder.
    const wheel = ending === '.whl' ? archive : await builtFrom(archive);
    const interpreter = await environmentWith(wheel);
    const { stdout } = await run(interpreter, ['-c', 'import datalayer_secrets; print(datalayer_secrets.__file__)']);
    expect(await readFile(stdout.trim(), 'utf8')).toBe(
      await readFile(path.join(jupyterFolder, 'jupyterlab_datalayer_secrets/kernel/datalayer_secrets.py'), 'utf8'),
    );
    const list = 'import importlib.metadata as m; print(*(f for f in m.files("datalayer-secrets")), sep="\\n")';
    const files = (await run(interpreter, ['-c', list])).stdout.trim().split('\n');
    expect(files.filter((file) => !file.includes('.dist-info/') && !file.includes('__pycache__'))).toEqual([
      'datalayer_secrets.py',
    ]);
  });
});

async function builtFrom(sources: string): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'built-'));
  const pip = ['-m', 'pip', '--isolated', 'wheel', '--quiet', '--no-index', '--no-deps', '--no-build-isolation'];
  await run(python, [...pip, '--wheel-dir', place, sources]);
  return path.join(place, path.basename(packed.find((file) => file.endsWith('.whl')) ?? ''));
}
