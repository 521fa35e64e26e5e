import type { Locator } from 'playwright-core';
import type { Lab } from './lab.ts';

export interface Typed {
  readonly name: string;
  readonly type?: 'Generic' | 'Password' | 'Key' | 'Token';
  readonly value: string;
  readonly description?: string;
}

/** Makes the local vault in a panel that was never used; the form for the first secret follows. */
export async function setUpWithPassphrase(lab: Lab, passphrase: string): Promise<void> {
  await lab.secrets.button('Use the Local Vault').click();
  const form = lab.secrets.form('Local Vault');
  await form.field('New passphrase').fill(passphrase);
  await form.field('The same again').fill(passphrase);
  await form.button('Make the Vault').click();
}

/** Fills in the form for a new secret and sends it; resolves once the secret is listed. */
export async function typeSecret(lab: Lab, { name, type, value, description }: Typed): Promise<void> {
  const form = lab.secrets.form('Create Secret');
  await form.field('Name').fill(name);
  if (type !== undefined) await form.choice(type).check();
  await form.field('Value').fill(value);
  if (description !== undefined) await form.field('Description').fill(description);
  await form.button('Create').click();
  await lab.secrets.row(name).waitFor();
}

/** Creates a secret by the button of the panel. */
export async function createSecret(lab: Lab, secret: Typed): Promise<void> {
  await lab.secrets.button('Create Secret').click();
  await typeSecret(lab, secret);
}

/** Drags by the mouse, from the middle of one element to that of another. */
export async function drag(from: Locator, to: Locator): Promise<void> {
  const { mouse } = from.page();
  await from.hover();
  await mouse.down();
  await to.hover();
  await to.hover(); // the first only begins it
  await mouse.up();
}
