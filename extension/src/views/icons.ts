import type { SecretType, VaultInfo } from '@datalayer-secrets/shared';

/** Codicon of a type. */
export function typeIcon(type: SecretType): string {
  switch (type) {
    case 'password':
      return 'lock';
    case 'key':
      return 'key';
    case 'token':
      return 'tag';
    case 'generic':
    default:
      return 'shield';
  }
}

/** Codicon of a vault. */
export function vaultIcon(info: VaultInfo): string {
  switch (info.kind) {
    case 'local':
      return info.state === 'locked' ? 'lock' : 'device-desktop';
    case 'datalayer':
      return 'cloud';
    case 'team':
      return 'organization';
  }
}
