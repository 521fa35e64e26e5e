import { rm } from 'node:fs/promises';
import { launchBrowser } from '../test/hosts/browser.ts';
import { bundle } from './build/bundles.ts';
import { picturesOfJupyter } from './pictures/jupyter.ts';
import { folder } from './pictures/take.ts';
import { picturesOfVsCode } from './pictures/vscode.ts';
import { failPlainly } from './program.ts';

// npm run pictures [-- vscode | jupyter]: the pictures of the documentation, taken of the running product as a user sees it.
const EDITORS = { vscode: picturesOfVsCode, jupyter: picturesOfJupyter };
const asked = process.argv.slice(2);
const wanted = Object.entries(EDITORS).filter(([name]) => asked.length === 0 || asked.includes(name));

failPlainly();
await bundle();
if (asked.length === 0) await rm(folder, { recursive: true, force: true });
const browser = await launchBrowser();
try {
  for (const [, pictures] of wanted) await pictures(browser);
} finally {
  await browser.close();
}
