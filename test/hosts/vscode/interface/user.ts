import type { Workbench } from './workbench.ts';

export interface Typed {
  readonly name: string;
  /** As the box lists it. */
  readonly type?: 'Generic' | 'Password' | 'Key' | 'Token';
  readonly value: string;
  readonly description?: string;
}

/** Answers the questions of a new secret, from the name on, with the keyboard. */
export async function typeSecret(window: Workbench, secret: Typed): Promise<void> {
  const { name, type = 'Key', value, description = '' } = secret;
  await window.quickInput.answer('The name, as code will ask for it', name);
  await window.quickInput.pick(type);
  await window.quickInput.answer('The value', value);
  await window.quickInput.answer(/description/i, description);
}

/** Creates a secret by the palette; resolves once the window says that it is stored. */
export async function createSecret(window: Workbench, secret: Typed): Promise<void> {
  await window.run('Datalayer Secrets: Create Secret…');
  await typeSecret(window, secret);
  await window.notification(`${secret.name} is stored`).waitFor();
}
