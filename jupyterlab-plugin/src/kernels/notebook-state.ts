import { each, fields, oneOf, orNull, type Read, text, truth } from '@datalayer-secrets/shared/shape';

/** Which secret of which vault a notebook may use; by name, so that a replaced value goes on working. */
export interface Grant {
  readonly vault: string;
  readonly name: string;
}

/**
 * How a secret stands in the kernel of a notebook: `no_kernel` (there is none), `in_kernel`, from the `next_cell` on, at its next
 * `restart`, kernel runs since `before` it could get any; `left_out` of the environment, or `missing`, for the reason that is with it.
 */
const STATES = ['no_kernel', 'in_kernel', 'next_cell', 'restart', 'before', 'left_out', 'missing'] as const;
export type InKernel = (typeof STATES)[number];

const secretShape = fields({
  vault: text,
  name: text,
  /** False: no longer, but the kernel has it still. */
  granted: truth,
  state: oneOf(...STATES),
  /** A word of the server, such as `never_exported` or `locked`; newer servers have others. */
  reason: orNull(text),
});

/** What the server says of one notebook and its kernel. */
export const notebookShape = fields({
  id: text,
  /** As the contents of the server are named, without a drive. */
  path: text,
  /** `memory`: what is allowed is forgotten when the server ends. */
  stored: oneOf('file', 'memory'),
  /** False: kernels of this server get nothing, because they run elsewhere (`why`). */
  possible: truth,
  why: orNull(oneOf('gateway', 'remote')),
  /** `live`: follows each change; `start`: gets what it gets when it starts; `before`: runs since before it could get anything. */
  kernel: oneOf('none', 'live', 'start', 'before'),
  /** Whether values are taken out of what its cells print. */
  redaction: truth,
  secrets: each(secretShape),
});

export type NotebookSecret = Read<typeof secretShape>;
export type NotebookState = Read<typeof notebookShape>;

export const grantShape = fields({
  /** Id of the notebook. */
  notebook: text,
  /** Absolute where it does not lie below the server's root. */
  path: text,
  exists: truth,
  vault: text,
  name: text,
});
export type NotebookGrant = Read<typeof grantShape>;

export const allowedShape = fields({
  notebook: text,
  /** Nothing changed. */
  already: truth,
  /** Id of the vault whose secret of this name the notebook could use before, and cannot any more. */
  replaced: orNull(text),
});
export type Allowed = Read<typeof allowedShape>;
