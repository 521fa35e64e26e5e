import { failure } from './error-table.ts';

/** No event of ours is near this; what is longer is no event stream. */
const MAX_EVENT = 1 << 16;

/**
 * The `data` of each server-sent event, as the bytes come in whatever pieces. Other fields and comments are passed over
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Ends with the stream; an event that it cuts off is none.
 * @throws offline, reason `silent`, when nothing, not even a comment, comes for `silenceMs`; protocol for an endless line
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader, silenceMs);
      if (done) return;
      // A CR at the end may be half of a CRLF: it waits for what follows.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        }
        if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
      if (rest.length + data.join('').length > MAX_EVENT) throw failure('protocol', { reason: 'too-long' });
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

async function withinSilence(reader: ReadableStreamDefaultReader<Uint8Array>, silenceMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('offline', { reason: 'silent' })), silenceMs);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
