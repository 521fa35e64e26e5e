/** Whether the content type begins so. */
export function isKind(response: Response, type: string): boolean {
  return (response.headers.get('content-type') ?? '').toLowerCase().startsWith(type);
}

/** Null for what is no JSON object. The parser's own error is dropped: it repeats a piece of the text. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Seconds from `retry-after` (a number or a date), or null. */
export function waitAskedFor(response: Response): number | null {
  const asked = response.headers.get('retry-after');
  if (asked === null) return null;
  const seconds = /^\d{1,9}$/.test(asked) ? Number(asked) : Math.ceil((Date.parse(asked) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/** Null where there are more bytes. Compressed bodies are measured unpacked. */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  const announced = response.headers.get('content-length');
  if (announced !== null && Number(announced) > maxBytes) {
    void response.body?.cancel().catch(() => undefined);
    return null;
  }
  // The transport ends a body at its announced length, so it can be taken in one piece.
  if (announced !== null && !response.headers.has('content-encoding'))
    return new Uint8Array(await response.arrayBuffer());
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    total += next.value.length;
    if (total > maxBytes) {
      void reader.cancel().catch(() => undefined);
      return null;
    }
    chunks.push(next.value);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
