import type { Event } from '@jupyterlab/services';

/** Milliseconds between two looks at a socket that is not there. */
const LOOK_AGAIN = 1_000;

/**
 * Calls `reopened` when JupyterLab has its socket for events again after it was not there. JupyterLab opens another one by itself
 * and tells nobody that events may have been missed; and a Jupyter Server that was started anew sends none of ours before
 * somebody asks it for something. The socket is a private field (of 4.4 to 4.6); where there is none, nothing is called.
 */
export function watchEventSocket(events: Event.IManager, reopened: () => void): () => void {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = (missed: boolean): void => {
    const socket = (events as { readonly _socket?: WebSocket | null })._socket;
    if (socket === undefined) return;
    if (socket?.readyState !== WebSocket.OPEN) {
      timer = setTimeout(follow, LOOK_AGAIN, true);
      return;
    }
    socket.addEventListener('close', () => follow(true), { once: true, signal: ended.signal });
    if (missed) reopened();
  };
  follow(false);
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
