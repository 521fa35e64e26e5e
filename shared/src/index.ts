export * from './client.ts';
export * from './error-table.ts';
export * from './errors.ts';
export * from './hello.ts';
export * from './model.ts';
export * from './names.ts';
export * from './references/index.ts';
export * from './search.ts';
export * from './secret.ts';
export * from './service-client.ts';
export * from './vaults.ts';
export * from './never-exported.ts';
export * from './text.ts';
// Whole: a bundler that splits takes a name re-exported singly for a use of this file, and then of all it exports.
export * from './values.ts';
export { isUsableUid } from './wire.ts';
export { isLoopback } from './endpoint.ts';
