import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { installedEnvironment } from './environment.ts';
import { startHost } from './server.ts';

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

  for (const app of ['lab', 'notebook'] as const) {
    it(`is in the page of ${app === 'lab' ? 'JupyterLab' : 'Notebook 7'}, and its routes answer`, async () => {
      const host = await startHost({ app });
      try {
        const page = await (await fetch(host.url())).text();
        expect(page).toContain('"name": "@datalayer-secrets/jupyterlab"');
        const { origin, token } = host.server;
        const ensured = await fetch(`${origin}/datalayer-secrets/ensure`, {
          method: 'POST',
          headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ start: false, quiet: false }),
        });
        expect(await ensured.json()).toMatchObject({ success: true, service: { state: 'none' } });
        expect(await host.services()).toEqual([]);
      } finally {
        await host.stop();
      }
    }, 120_000);
  }
});
