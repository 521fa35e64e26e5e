import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

/**
 * Opens an address in the user's browser where there is one. The browser is given a private file that leads to the address,
 * because the address holds a token and a command line can be read by every user of the machine.
 */
export async function openInBrowser(address: string, file: string): Promise<void> {
  const opener = openerHere();
  if (!opener) return;
  const target = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  await writeFile(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${target}"><title>VS Code</title>`, {
    mode: 0o600,
  });
  const [command, ...args] = opener;
  const child = spawn(command, [...args, file], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined); // no such program: the address is printed anyway
  child.unref();
}

function openerHere(): readonly [string, ...string[]] | null {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open'] : null;
}
