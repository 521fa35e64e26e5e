// @vitest-environment jsdom
import type { Event } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { watchEventSocket } from '../../../../jupyterlab-plugin/src/service/event-socket.ts';

class Socket extends EventTarget {
  readyState: number = WebSocket.CONNECTING;

  open(): void {
    this.readyState = WebSocket.OPEN;
  }

  close(): void {
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new globalThis.Event('close'));
  }
}

const reopened = vi.fn();
let manager: { _socket?: Socket | null };
const watch = (): (() => void) => watchEventSocket(manager as unknown as Event.IManager, reopened);

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  manager = { _socket: new Socket() };
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the socket for events', () => {
  it('that stays open is not spoken of, and nothing is done for that', () => {
    manager._socket?.open();
    watch();
    expect(vi.getTimerCount()).toBe(0);
    expect(reopened).not.toHaveBeenCalled();
  });

  it('that opens only after somebody began to listen may have missed something', () => {
    watch();
    vi.advanceTimersByTime(5_000);
    expect(reopened).not.toHaveBeenCalled();
    manager._socket?.open();
    vi.advanceTimersByTime(1_000);
    expect(reopened).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is told each time that there is another one', () => {
    manager._socket?.open();
    watch();
    for (const times of [1, 2]) {
      manager._socket?.close();
      vi.advanceTimersByTime(3_000);
      manager._socket = null;
      vi.advanceTimersByTime(3_000);
      manager._socket = new Socket();
      manager._socket.open();
      vi.advanceTimersByTime(1_000);
      expect(reopened).toHaveBeenCalledTimes(times);
    }
  });

  it('is not looked at any more once nobody listens', () => {
    manager._socket?.open();
    const stop = watch();
    stop();
    manager._socket?.close();
    expect(vi.getTimerCount()).toBe(0);
    manager._socket = new Socket();
    const again = watch();
    again();
    expect(vi.getTimerCount()).toBe(0);
    expect(reopened).not.toHaveBeenCalled();
  });

  it('that JupyterLab keeps elsewhere is not looked for again and again', () => {
    delete manager._socket;
    watch();
    expect(vi.getTimerCount()).toBe(0);
  });
});
