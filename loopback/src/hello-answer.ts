/** Far more than the service ever says. */
const LONGEST = 8192;

export interface Hello {
  /** 64 hex digits. */
  readonly proof: string;
  readonly pid: number;
}

/**
 * The answer to the question who listens, from what has come so far. It has to be the one answer that the service gives:
 * 200, a body of announced length, and not a byte after it. All else is `foreign`; Node's own parser is left out because
 * it would have to be taken off the socket again before the first request.
 */
export function readHello(received: Buffer): Hello | 'partial' | 'foreign' {
  const text = received.toString('latin1');
  if (!'HTTP/1.1 200 '.startsWith(text.slice(0, 13))) return 'foreign';
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return received.length > LONGEST ? 'foreign' : 'partial';
  const length = /\r\ncontent-length: *(\d{1,4})(?:\r\n|$)/i.exec(text.slice(0, end))?.[1];
  if (length === undefined) return 'foreign';
  const body = text.slice(end + 4);
  if (body.length < Number(length)) return 'partial';
  return body.length > Number(length) ? 'foreign' : (helloOf(body) ?? 'foreign');
}

function helloOf(body: string): Hello | null {
  try {
    const { proof, pid } = JSON.parse(body) as Record<string, unknown>;
    if (typeof proof !== 'string' || !/^[0-9a-f]{64}$/.test(proof)) return null;
    return Number.isSafeInteger(pid) ? { proof, pid: pid as number } : null;
  } catch {
    return null;
  }
}
