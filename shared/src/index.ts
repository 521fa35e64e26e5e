export * from './client.ts';
export * from './error-table.ts';
export * from './errors.ts';
export * from './hello.ts';
export * from './names.ts';
export * from './secret.ts';
export * from './service-client.ts';
export * from './vaults.ts';
