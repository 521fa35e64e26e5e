/** Service of our own entries in the OS keychain; the account is the id of the vault, or an origin. */
export const KEYCHAIN_SERVICE = 'datalayer-secrets';
