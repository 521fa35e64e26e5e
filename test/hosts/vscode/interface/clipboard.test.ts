import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { commandLine } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { builtVsix } from './vsix.ts';
import { WINDOW, Workbench } from './workbench.ts';

describe('in a browser that keeps the clipboard to itself', { timeout: 120_000 }, () => {
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ vsix: [await builtVsix()] }));
    await commandLine(host, ['setup', '--key-file', `${host.home}/vault.key`]);
    const browser = opened(await launchBrowser());
    window = await Workbench.openIn(await browser.newContext({ ...WINDOW, permissions: [] }), host);
  });

  it('a value that came in at once is stored after a second Enter, which says what may be lost', async () => {
    const { quickInput } = window;
    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('The name, as code will ask for it', 'PASTED_KEY');
    await quickInput.pick('Key');
    await quickInput.answer('The value', 'came in at once');
    await quickInput.message('The clipboard cannot be read').waitFor();
    await window.picture('clipboard-refused-light');
    expect(await quickInput.box.inputValue()).toBe('came in at once');
    await quickInput.box.press('Enter');
    await quickInput.answer(/description/i, '');
    await window.notification('PASTED_KEY is stored').waitFor();
  });
});
