import type { Scope, SecretChanges, SecretType } from '@datalayer-secrets/shared';

/** Who asks: the label the client gave, and what its token allows. */
export interface Principal {
  readonly label: string;
  readonly scope: Scope;
}

/** A secret as the vault holds it, opened, without its value. Times are ISO 8601 in UTC. */
export interface SecretRecord {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly type: SecretType;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NewRecord {
  readonly name: string;
  readonly description: string;
  readonly type: SecretType;
  /** At most 65,536 bytes, any bytes. The vault wipes it after sealing. */
  readonly value: Buffer;
}

export interface RevealedRecord {
  readonly record: SecretRecord;
  readonly value: Buffer;
}

export const AUDIT_ACTIONS = [
  'create',
  'list',
  'reveal',
  'update',
  'replace',
  'delete',
  'setup',
  'unlock',
  'lock',
  'remote_reveal',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEvent {
  /** Gapless, from 1. */
  readonly seq: number;
  readonly at: string;
  readonly label: string;
  readonly scope: Scope;
  readonly action: AuditAction;
  readonly uid: string | null;
  /** The name at that time, opened; null for events without a secret. */
  readonly name: string | null;
  readonly outcome: 'ok' | 'refused' | 'intent';
  /**
   * Rows of a list, the uid that a replacement took the place of, error code of a refusal (and how often and when, where one event
   * stands for several), else null.
   */
  readonly detail: string | null;
}

/**
 * The open vault. Each method is one job of the group commit: its effect and its audit event are one transaction, and
 * it resolves after COMMIT. Failures are `SecretsError`s: not_found, conflict, immutable, invalid, too_large, integrity,
 * disk_full, audit_unavailable, busy, locked (after `close`).
 */
export interface Vault {
  readonly id: string;
  /** Grows with each change that others should see. */
  readonly revision: number;
  /** Calls back after each commit that changed something; returns the undoing. */
  onChange(listener: () => void): () => void;

  list(by: Principal): Promise<SecretRecord[]>;
  create(by: Principal, secret: NewRecord): Promise<SecretRecord>;
  /** Changes metadata only. */
  update(by: Principal, uid: string, changes: SecretChanges): Promise<SecretRecord>;
  /** A new secret takes the old one's name in the same transaction; the old one is gone. */
  replace(by: Principal, uid: string, value: Buffer): Promise<SecretRecord>;
  reveal(by: Principal, uid: string): Promise<RevealedRecord>;
  /** All values, one reveal event each. */
  revealAll(by: Principal): Promise<RevealedRecord[]>;
  /** Compares without revealing, in constant time. Used where an SDK sends the old value back on rename. */
  hasValue(uid: string, value: Buffer): Promise<boolean>;
  delete(by: Principal, uid: string): Promise<void>;
  /**
   * Records something that happened outside the store: set-up, unlock, a reveal of a remote vault, a reveal that never came
   * here. A secret of this vault is named as it is called now.
   */
  record(
    by: Principal,
    event: { action: AuditAction; uid?: string; name?: string; outcome: AuditEvent['outcome']; detail?: string },
  ): Promise<void>;
  /**
   * Secrets that do not authenticate, that the audit trail misses, or that it says are gone. They are not listed and
   * answer `integrity`; all others are served, and `delete` takes these away.
   */
  damaged(): readonly string[];
  /** Newest first. Events that do not authenticate are left out: their numbers are missing, and `verify` says why. */
  audit(options: { limit: number; before?: number }): Promise<AuditEvent[]>;
  /** Replays the chain; `null` when all is well, else the first bad event. */
  verify(): Promise<{ seq: number; reason: string } | null>;
  /** Small secrets of the service itself (a remote token), sealed with the vault key; not listed, not audited. */
  sealed(name: string): Promise<Buffer | null>;
  seal(name: string, content: Buffer | null): Promise<void>;
  /** Finishes what is queued, checkpoints, closes the file and wipes the keys. */
  close(): Promise<void>;
}
