import { describe, expect, it } from 'vitest';
import { readHello } from '../../../loopback/src/hello-answer.ts';

const HELLO = { proof: 'ab'.repeat(32), pid: 42 };
const BODY = JSON.stringify({ success: true, message: 'Hello.', port: 1, ...HELLO });
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const announce = (body: string) => `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`;
const announced = announce(BODY);
const chunked = `${HEAD}Transfer-Encoding: chunked\r\n\r\n${[BODY.slice(0, 20), BODY.slice(20), '']
  .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
  .join('')}`;

const read = (text: string) => readHello(Buffer.from(text));

describe.each([
  ['announced', announced],
  ['in pieces', chunked],
])('an answer %s', (_, text) => {
  it('is read, and only when all of it has come', () => {
    for (let at = 0; at < text.length; at++) expect([at, read(text.slice(0, at))]).toEqual([at, 'partial']);
    expect(read(text)).toEqual(HELLO);
  });

  it('is foreign with one byte more', () => {
    expect(read(`${text}x`)).toBe('foreign');
  });
});

describe('an answer', () => {
  it.each([
    announced.replace('200', '401'),
    announced.replace('HTTP/1.1', 'HTTP/1.0'),
    announce(BODY.replace('ab', 'AB')),
    announce(BODY.replace('abab', 'ab')),
    announce(BODY.replace('42', '42.5')),
    announce(BODY.replace('42', '"42"')),
    announce('null'),
    announce('{'),
    chunked.replace('14\r\n', 'zz\r\n'),
    chunked.replace('14\r\n', '12\r\n'),
    `${HEAD}\r\n${BODY}`,
    `${HEAD}Content-Length: 123456\r\n\r\n`,
    `${HEAD}Transfer-Encoding: gzip\r\n\r\n${BODY}`,
    `${HEAD}${'x: y\r\n'.repeat(2000)}`,
  ])('of any other form is foreign: %#', (text) => {
    expect(read(text)).toBe('foreign');
  });
});
