export { RemoteVaults, type RemoteVaultsOptions, type VaultCapabilities } from './remote-vaults.ts';
export type { TokenKeychain } from './token-places.ts';
