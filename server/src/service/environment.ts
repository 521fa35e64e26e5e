/** Variables that the service's process gets, and no others: what it finds its home, its keychain and its proxy by. */
export const KEPT_VARIABLES = [
  'HOME',
  'USERPROFILE',
  'USER',
  'LANG',
  'TMP',
  'TEMP',
  'TMPDIR',
  'SystemRoot',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'DATALAYER_SECRETS_HOME',
  'DATALAYER_IAM_URL',
] as const;

export function serviceEnvironment(from: NodeJS.ProcessEnv, cache: string): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name of KEPT_VARIABLES) if (from[name] !== undefined) kept[name] = from[name];
  // Halves the start: compiled code of the service, kept in its own private folder.
  kept['NODE_COMPILE_CACHE'] = cache;
  // VS Code's own Node is Electron, which opens a window without this.
  if (process.versions['electron'] !== undefined) kept['ELECTRON_RUN_AS_NODE'] = '1';
  return kept;
}
