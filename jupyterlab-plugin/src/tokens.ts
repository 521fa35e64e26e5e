import type { SecretsError, SecretsModel, SecretType, PageServiceClient } from '@datalayer-secrets/shared';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { NotebookPlace } from './kernels/active.ts';
import type { KernelEvent } from './kernels/events.ts';
import type { ActiveState } from './kernels/kernel-secrets.ts';
import type { Allowed, Grant, NotebookGrant, NotebookState } from './kernels/notebook-state.ts';

/** What whoever runs this Jupyter Server has decided. */
export interface Policy {
  /** False: no vault on the server's machine (`allow_local_vault`). */
  readonly localVault: boolean;
  /** The server has `DATALAYER_API_KEY` and signs in with it. */
  readonly apiKey: boolean;
}

/** What is known while no service runs; `unknown` until somebody asked. */
export type Outlook = 'unknown' | 'unused' | 'used';

/** The secrets of this Jupyter Server's user. Nothing here holds a value or a token, nor can it ask for one. */
export interface ISecrets {
  readonly model: SecretsModel;
  /** The client of the running service; it has no way to a value: the server has no such route. */
  readonly client: PageServiceClient;
  /** Sees to it that a service runs, started if need be: somebody clicked. @throws SecretsError */
  start(): Promise<PageServiceClient>;
  /** Null until the server was asked. */
  readonly policy: Policy | null;
  readonly outlook: Outlook;
  /** Whether the running service has told its vaults: then none in the model means that there is none. */
  readonly listed: boolean;
  /** `policy`, `outlook` or `listed` changed. What changes in the model, the model tells. */
  readonly changed: ISignal<ISecrets, void>;
  /** The user unlocked, or locked: after the latter nothing opens by itself. */
  allowQuiet(allowed: boolean): void;
  /** Somebody looks: until the returned function is called the state follows what others change. */
  attend(): () => void;
}

export const ISecrets = new Token<ISecrets>(
  '@datalayer-secrets/jupyterlab:ISecrets',
  'The secrets of the user, without values: state, client, and how the server is set up.',
);

/**
 * Which notebook may use which secret, as the Jupyter server decides it. Paths are those of its contents, without a drive (`placeOf`).
 * What fails throws a SecretsError.
 */
export interface IKernelSecrets {
  /** Of the active notebook; asked for while somebody attends, and by `refresh`. */
  readonly state: ActiveState;
  /** `state` is another. */
  readonly changed: ISignal<IKernelSecrets, void>;
  /** Something was granted or revoked, in whichever page, or is missing in a kernel. What is told may be made up: show it, ask anew. */
  readonly told: ISignal<IKernelSecrets, Exclude<KernelEvent, { readonly kind: 'state' }>>;
  /** The active notebook. Null where there is none. */
  readonly panel: NotebookPanel | null;
  placeOf(panel: NotebookPanel): NotebookPlace;
  /** Somebody looks: until the returned function is called the state follows what changes. */
  attend(): () => void;
  /** Asks now; never rejects. */
  refresh(): Promise<ActiveState>;
  /** What is known of a notebook, active or not. */
  of(place: NotebookPlace): Promise<NotebookState>;
  /** In force once it resolves. */
  allow(path: string, grant: Grant): Promise<Allowed>;
  /** `notebook`: its id, as states, grants and events have it. */
  revoke(notebook: string, grant: Grant): Promise<void>;
  /** Whether values are taken out of what the cells of a notebook print. */
  setRedaction(path: string, on: boolean): Promise<void>;
  /** Everything that was allowed, to whichever notebook. */
  grants(): Promise<readonly NotebookGrant[]>;
}

export const IKernelSecrets = new Token<IKernelSecrets>(
  '@datalayer-secrets/jupyterlab:IKernelSecrets',
  'Which notebook may use which secret, and what its kernel has of them.',
);

/** Which secret, in which vault. */
export interface SecretRef {
  readonly vault: string;
  readonly uid: string;
}

/** The form for a new secret, with what is known of it already. */
export interface CreateSheet {
  readonly kind: 'create';
  readonly vault?: string;
  readonly name?: string;
  readonly type?: SecretType;
  /**
   * Reads the value where it stands in a document: called when the form is shown, to fill its field, and once more when it is
   * sent. Nobody keeps a copy, so the value is in no argument, state or property. Empty when it is not there any more.
   */
  readonly value?: () => string;
  /** It is stored. `same`: with the value that `value` read at that moment; false without `value`. */
  readonly created?: (secret: SecretRef, same: boolean) => void;
}

/** A form that the panel shows in the place of its list, until it is done or left. */
export type Sheet =
  | CreateSheet
  | { readonly kind: 'replace' | 'edit'; readonly secret: SecretRef }
  | {
      readonly kind: 'set-up' | 'unlock';
      /** Why what needs no question did not do. Without it the form tries that first. */
      readonly refusal?: SecretsError;
    }
  | { readonly kind: 'passphrase' | 'sign-in' | 'grants' };

/** The panel, for commands that need it. */
export interface ISecretsPanel {
  /** Shows the panel and puts the focus into it. */
  activate(): void;
  /** Shows the panel and moves the focus into the search box. */
  search(): void;
  /**
   * Shows the panel with a form. True when it was completed, false when it was left. What was typed into another form that
   * is open is not thrown away: that form stays, and false is the answer.
   */
  open(sheet: Sheet): Promise<boolean>;
  /** The secret that has the focus in the list, or had it last. */
  readonly selected: SecretRef | null;
}

export const ISecretsPanel = new Token<ISecretsPanel>(
  '@datalayer-secrets/jupyterlab:ISecretsPanel',
  'The panel of secrets in the side bar.',
);

/** Commands that panel, palette, menus and shortcuts share; `plugins/commands.ts` says what their arguments are. */
export const COMMANDS = {
  open: 'datalayer-secrets:open-panel',
  find: 'datalayer-secrets:find-secret',
  create: 'datalayer-secrets:create-secret',
  createFromSelection: 'datalayer-secrets:create-from-selection',
  replace: 'datalayer-secrets:replace-value',
  edit: 'datalayer-secrets:edit-secret',
  delete: 'datalayer-secrets:delete-secret',
  insert: 'datalayer-secrets:insert-reference',
  copy: 'datalayer-secrets:copy-reference',
  allow: 'datalayer-secrets:allow-in-notebook',
  revoke: 'datalayer-secrets:revoke-from-notebook',
  grants: 'datalayer-secrets:manage-grants',
  redaction: 'datalayer-secrets:toggle-redaction',
  filter: 'datalayer-secrets:filter-by-type',
  refresh: 'datalayer-secrets:refresh',
  useLocalVault: 'datalayer-secrets:use-local-vault',
  unlock: 'datalayer-secrets:unlock',
  lock: 'datalayer-secrets:lock',
  setPassphrase: 'datalayer-secrets:set-passphrase',
  signIn: 'datalayer-secrets:sign-in',
  signOut: 'datalayer-secrets:sign-out',
} as const;

/** Domain of our texts in JupyterLab's translations. */
export const DOMAIN = 'jupyterlab_datalayer_secrets';
