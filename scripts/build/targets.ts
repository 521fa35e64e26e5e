/**
 * Platforms of VS Code and the package that holds the keychain binary for each.
 * `npm run build -- --target darwin-arm64` makes the VSIX of another platform; there is nothing else in it that differs.
 */
export const KEYRING_PACKAGES = {
  'linux-x64': '@napi-rs/keyring-linux-x64-gnu',
  'linux-arm64': '@napi-rs/keyring-linux-arm64-gnu',
  'linux-armhf': '@napi-rs/keyring-linux-arm-gnueabihf',
  'alpine-x64': '@napi-rs/keyring-linux-x64-musl',
  'alpine-arm64': '@napi-rs/keyring-linux-arm64-musl',
  'darwin-x64': '@napi-rs/keyring-darwin-x64',
  'darwin-arm64': '@napi-rs/keyring-darwin-arm64',
  'win32-x64': '@napi-rs/keyring-win32-x64-msvc',
  'win32-arm64': '@napi-rs/keyring-win32-arm64-msvc',
} as const;

export type Target = keyof typeof KEYRING_PACKAGES;

export function isTarget(name: string): name is Target {
  return Object.hasOwn(KEYRING_PACKAGES, name);
}

/** The platform that runs us. */
export function hostTarget(): Target {
  const name = `${process.platform}-${process.arch}`;
  if (!isTarget(name)) throw new Error(`No VSIX is made for ${name}.`);
  return name;
}
