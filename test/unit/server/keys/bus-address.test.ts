import { describe, expect, it } from 'vitest';
import { sessionBusSockets } from '../../../../server/src/keys/dbus/bus.ts';

describe('where the session bus listens', () => {
  it.each([
    ['a path', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' }, ['/run/user/1000/bus']],
    ['a path with a guid', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/tmp/a,guid=12ab' }, ['/tmp/a']],
    ['an abstract name', { DBUS_SESSION_BUS_ADDRESS: 'unix:abstract=/tmp/dbus-x' }, ['\0/tmp/dbus-x']],
    ['escaped letters', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/tmp/a%20b%3dc' }, ['/tmp/a b=c']],
    ['several', { DBUS_SESSION_BUS_ADDRESS: 'tcp:host=x,port=1;unix:path=/a;unix:abstract=b' }, ['/a', '\0b']],
    ['the runtime folder', { DBUS_SESSION_BUS_ADDRESS: 'unix:runtime=yes', XDG_RUNTIME_DIR: '/r' }, ['/r/bus']],
    ['no address: the runtime folder', { XDG_RUNTIME_DIR: '/run/user/7' }, ['/run/user/7/bus']],
    ['an empty address', { DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '/r' }, ['/r/bus']],
    ['nothing', {}, []],
    ['what we do not speak', { DBUS_SESSION_BUS_ADDRESS: 'autolaunch:' }, []],
  ])('%s', (_, environment, sockets) => {
    expect(sessionBusSockets(environment)).toEqual(sockets);
  });
});
