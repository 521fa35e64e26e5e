import { Answer } from './answer.ts';
import type { RemoteVaults } from '../remote/index.ts';
import type { AppParts } from './parts.ts';

const HEARTBEAT_MS = 20_000;
/** A client that takes nothing any more is let go; if it is alive it asks again and hears the present state. */
const MAX_WAITING = 1_000;

/**
 * Server-sent events `{vault, revision}` and nothing else: first one per vault, then one per change. The stream keeps
 * the service alive; its heartbeat lets both ends notice that the other is gone.
 */
export function changes({ local, life, ending }: AppParts, remotes: RemoteVaults): Response {
  const encoder = new TextEncoder();
  let close: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        if ((controller.desiredSize ?? 0) < -MAX_WAITING) end();
        else controller.enqueue(encoder.encode(text));
      };
      const tell = (vault: string, revision: number) => send(`data: ${JSON.stringify({ vault, revision })}\n\n`);
      const tellLocal = () => tell('local', local.info().revision);
      // A vault that is gone is told once more: whoever lists again sees that it is not there.
      const tellRemote = (id: string) => tell(id, remotes.list().find((vault) => vault.id === id)?.revision ?? 0);
      const undo = [local.onChange(tellLocal), remotes.onChange(tellRemote), life.hold()];
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
      heartbeat.unref();
      const end = () => {
        close();
        controller.close();
      };
      close = () => {
        close = () => undefined;
        clearInterval(heartbeat);
        ending.removeEventListener('abort', end);
        for (const step of undo) step();
      };
      ending.addEventListener('abort', end);
      tellLocal();
      for (const vault of remotes.list()) tell(vault.id, vault.revision);
      if (ending.aborted) end(); // asked for on a connection that outlived the listener
    },
    cancel: () => close(),
  });
  return Answer.events(body);
}
