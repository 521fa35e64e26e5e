import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { installedEnvironment } from './environment.ts';

const run = promisify(execFile);

describe('the wheel, installed into an environment with JupyterLab and Notebook and nothing else', () => {
  let python: string;
  beforeAll(async () => {
    python = await installedEnvironment();
  }, 120_000);

  const jupyter = async (module: string, ...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run(python, ['-m', module, ...args]);
    return stripVTControlCharacters(stdout + stderr);
  };

  it('is a labextension that JupyterLab takes', async () => {
    const listed = await jupyter('jupyterlab.labextensions', 'list');
    expect(listed).toMatch(
      /@datalayer-secrets\/jupyterlab v[\d.]+ enabled OK \(python, jupyterlab-datalayer-secrets\)/,
    );
  });

  it('is a server extension that Jupyter takes', async () => {
    const listed = await jupyter('jupyter_server.extension.serverextension', 'list');
    expect(listed).toMatch(/jupyterlab_datalayer_secrets enabled/);
    expect(listed).toMatch(/jupyterlab_datalayer_secrets [\d.]* ?OK/);
  });

  it('brings the command line with it', async () => {
    const { stdout } = await run(python.replace(/python$/, 'datalayer-secrets'), ['--help']);
    expect(stdout).toContain('datalayer-secrets');
  });
});
