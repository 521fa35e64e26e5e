import { expect, it } from 'vitest';
import { serviceEnvironment } from '../../../../server/src/service/environment.ts';

it('a service gets what it finds home, keychain and proxy by, and nothing else of its starter', () => {
  const given = {
    HOME: '/h', USER: 'u', LANG: 'C', XDG_RUNTIME_DIR: '/r', DBUS_SESSION_BUS_ADDRESS: 'unix:x', DISPLAY: ':0',
    HTTPS_PROXY: 'http://p', NODE_EXTRA_CA_CERTS: '/ca', DATALAYER_SECRETS_HOME: '/s',
    DATALAYER_API_KEY: 'canary', NODE_OPTIONS: '--require canary', PATH: '/canary', LD_PRELOAD: 'canary',
    PYTHONPATH: 'canary', AWS_SECRET_ACCESS_KEY: 'canary', NODE_PATH: 'canary', ELECTRON_RUN_AS_NODE: '1',
  }; // prettier-ignore
  const environment = serviceEnvironment(given, '/cache');
  expect(JSON.stringify(environment)).not.toContain('canary');
  expect(Object.keys(environment).sort()).toEqual([
    'DATALAYER_SECRETS_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'HOME', 'HTTPS_PROXY', 'LANG', 'NODE_COMPILE_CACHE',
    'NODE_EXTRA_CA_CERTS', 'USER', 'XDG_RUNTIME_DIR',
  ]); // prettier-ignore
});
