/** Far more than the service ever says. */
const LONGEST = 8192;

export interface Hello {
  /** 64 hex digits. */
  readonly proof: string;
  readonly pid: number;
}

/**
 * The answer to the question who listens, from what has come so far. It has to be the one answer that the service gives:
 * 200, a small body, and not a byte after it. All else is `foreign`. Node's own parser is left out because it would have
 * to be taken off the socket again before the first request.
 */
export function readHello(received: Buffer): Hello | 'partial' | 'foreign' {
  const text = received.toString('latin1');
  if (text.length > LONGEST || !'HTTP/1.1 200 '.startsWith(text.slice(0, 13))) return 'foreign';
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return 'partial';
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/\r\ntransfer-encoding: *chunked(?:\r\n|$)/i.test(head)) return readChunks(body);
  const length = Number(/\r\ncontent-length: *(\d{1,4})(?:\r\n|$)/i.exec(head)?.[1]);
  if (Number.isNaN(length) || body.length > length) return 'foreign';
  return body.length < length ? 'partial' : helloOf(body);
}

/** A body in pieces, each after its length in hex, the last one empty. */
function readChunks(text: string): Hello | 'partial' | 'foreign' {
  let body = '';
  for (let at = 0; ;) {
    const size = /^([0-9a-f]{1,4})\r\n/i.exec(text.slice(at, at + 6));
    if (!size) return text.length - at < 6 ? 'partial' : 'foreign';
    const from = at + size[0].length;
    const to = from + parseInt(size[1] ?? '', 16);
    if (text.length < to + 2) return 'partial';
    if (text.slice(to, to + 2) !== '\r\n') return 'foreign';
    if (from === to) return text.length === to + 2 ? helloOf(body) : 'foreign';
    body += text.slice(from, to);
    at = to + 2;
  }
}

function helloOf(body: string): Hello | 'foreign' {
  try {
    const { proof, pid } = JSON.parse(body) as Record<string, unknown>;
    if (typeof proof !== 'string' || !/^[0-9a-f]{64}$/.test(proof)) return 'foreign';
    return Number.isSafeInteger(pid) ? { proof, pid: pid as number } : 'foreign';
  } catch {
    return 'foreign';
  }
}
