export * from './errors.ts';
export * from './secret.ts';
export * from './vaults.ts';
