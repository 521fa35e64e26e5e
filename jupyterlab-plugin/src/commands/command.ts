import type { Secret, Translate } from '@datalayer-secrets/shared';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IReferences } from '../insert/references.ts';
import type { IKernelSecrets, ISecrets, ISecretsPanel, SecretRef } from '../tokens.ts';

/** What commands work with. */
export interface Deps {
  readonly commands: Pick<JupyterFrontEnd['commands'], 'execute' | 'hasCommand'>;
  readonly secrets: ISecrets;
  readonly kernels: IKernelSecrets;
  readonly panel: ISecretsPanel;
  readonly references: IReferences;
  /** Jupyter's own questions about kernels. */
  readonly dialogs: ISessionContext.IDialogs;
  readonly trans: TranslationBundle;
  readonly translate: Translate;
  /** The secret on whose row the context menu was opened. */
  underMenu(): SecretRef | null;
}

export type Args = ReadonlyPartialJSONObject;

/**
 * One command. It throws what goes wrong (the edge in `edge.ts` shows it) and `cancelled` when the user turns back, which is silent.
 * It works without arguments, and no argument holds a value.
 */
export interface Command {
  readonly id: string;
  label(trans: TranslationBundle, args: Args): string;
  caption(trans: TranslationBundle): string;
  readonly icon?: LabIcon;
  /** JSON schema of the arguments. */
  readonly args: ReadonlyJSONObject;
  readonly isEnabled?: (deps: Deps, args: Args) => boolean;
  /** Resolves with what a caller may want to know: JSON, and no value. */
  run(deps: Deps, args: Args): Promise<unknown>;
}

/** A secret and where it lies. */
export interface Found {
  readonly vault: string;
  readonly secret: Secret;
}

export const NO_ARGS: ReadonlyJSONObject = { type: 'object', properties: {} };

/** Arguments of commands on one secret. */
export const SECRET_ARGS: ReadonlyJSONObject = {
  type: 'object',
  properties: {
    vault: { type: 'string', description: 'Id of the vault that the secret is in.' },
    uid: { type: 'string', description: 'Uid of the secret. Without it the user is asked which one.' },
    from: { type: 'string', enum: ['row'], description: 'The secret on whose row the context menu was opened.' },
  },
};

/** The secret a command was called on; null when it has to ask which. */
export function refFrom(deps: Pick<Deps, 'underMenu'>, args: Args): SecretRef | null {
  const { vault, uid, from } = args;
  if (typeof vault === 'string' && typeof uid === 'string') return { vault, uid };
  return from === 'row' ? deps.underMenu() : null;
}

/** Whether a command is called on a secret that is in sight, so that its label need not say what it is for. */
export function isOnSecret({ uid, from }: Args): boolean {
  return typeof uid === 'string' || from === 'row';
}
