import fc from 'fast-check';
import { requests } from './requests';
import { bytesOf, type Handing } from './wire';

/** Bytes that are nearly a request over HTTP, and ways to hand them over. */

const LINES = [
  'GET /openapi.json HTTP/1.1\r\n\r\n',
  'GET /openapi.json HTTP/9.9\r\nhost: a\r\n\r\n',
  'GET /openapi.json\r\n\r\n',
  'GET  /v1/switch  HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET http://127.0.0.1/openapi.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  'GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  'PUT /v1/switch HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
  'PUT /v1/switch HTTP/1.1\r\nhost: a\r\nexpect: more\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
] as const;
const CHUNKED =
  'PUT /v1/switch HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
const CHUNKS = [
  '2\r\n{}\r\n0\r\n\r\n',
  '2\r\n{}\r\n',
  'zz\r\n{}\r\n0\r\n\r\n',
  '-1\r\n{}\r\n0\r\n\r\n',
  'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n',
  '2;ext="\u0000"\r\n{}\r\n0\r\ntrailer: 1\r\n\r\n',
  '1\r\n{}\r\n0\r\n\r\n',
] as const;
const HEADERS = [
  'content-length: 0',
  'content-length: 5',
  'content-length: 99999999999999999999',
  'content-length: -1',
  'content-length: 2, 3',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding: x',
  'no colon',
  ': no name',
  'name : space',
  'a: \u0000',
  'a: b\r\n folded',
  `a: ${'x'.repeat(12_000)}`,
  'host: other',
  'connection: upgrade',
  'content-type: application/json',
] as const;

const withHeader = fc.tuple(requests, fc.constantFrom(...HEADERS)).map(([request, header]) => {
  const text = bytesOf(request);
  const end = text.indexOf('\r\n') + 2;
  return Buffer.concat([text.subarray(0, end), Buffer.from(`${header}\r\n`, 'latin1'), text.subarray(end)]);
});
const cut = fc
  .tuple(requests, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([request, share]) => bytesOf(request).subarray(0, Math.floor(bytesOf(request).length * share)));
const flipped = fc.tuple(requests, fc.nat({ max: 400 }), fc.nat({ max: 255 })).map(([request, at, byte]) => {
  const bytes = Buffer.from(bytesOf(request));
  bytes[at % bytes.length] = byte;
  return bytes;
});
const twice = fc.tuple(requests, requests).map((both) => Buffer.concat(both.map(bytesOf)));

const anyBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...LINES).map((text) => Buffer.from(text, 'latin1')),
  fc.constantFrom(...CHUNKS).map((text) => Buffer.from(CHUNKED + text, 'latin1')),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  withHeader,
  cut,
  flipped,
  twice,
);

function piecesOf(bytes: Buffer, count: number): Buffer[] {
  const size = Math.max(1, Math.ceil(bytes.length / count));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

/** Most are sent at once; some come slowly, in up to forty pieces; of some the client goes away. */
export const handings: fc.Arbitrary<Handing> = fc
  .tuple(
    anyBytes,
    fc.constantFrom(1, 1, 1, 2, 7, 40),
    fc.constantFrom<Handing['end']>('said', 'said', 'said', 'abrupt'),
  )
  .map(([bytes, count, end]) => ({ pieces: piecesOf(bytes, count), end }));
