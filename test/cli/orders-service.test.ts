import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serviceAt, ServiceError, spellProblem, type Service } from '../../cli/orders/service';
import { signerFor } from '../../cli/orders/sign';
import { UsageError } from '../../local/usage-error';

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Replies one after the other, the last one for ever; `undefined` breaks the connection. */
async function against(
  replies: readonly (Reply | undefined)[],
  use: (service: Service, seen: readonly Seen[], waits: readonly number[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const waits: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const reply = replies[Math.min(seen.length, replies.length - 1)];
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      if (reply === undefined) request.socket.destroy();
      else response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
  const sleepMs = async (ms: number) => void waits.push(ms);
  try {
    await use(serviceAt({ url }, { sleepMs, chance: () => 1 }), seen, waits);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const CALL = { method: 'POST', path: '/v1/x', body: { a: 1 } } as const;
const OK = { status: 200, headers: { 'x-next-cursor': 'C' }, body: 'text' };

test('a call carries its query, spelled as it would be signed, and its body as JSON; to this machine unsigned', async () => {
  await against([OK], async (service, seen) => {
    await service.call({ method: 'GET', path: '/v1/x', query: { at: "2026-03-01T00:00:00+08:00 (it's)!*" } });
    const answer = await service.call(CALL);
    expect([answer.status, answer.text, answer.headers.get('x-next-cursor')]).toEqual([200, 'text', 'C']);
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/base/v1/x?at=2026-03-01T00%3A00%3A00%2B08%3A00%20%28it%27s%29%21%2A', ''],
      ['POST', '/base/v1/x', '{"a":1}'],
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[1]?.headers['content-type']).toBe('application/json');
  });
});

test.each([[429], [503]])('a %i is tried again, each time after a longer wait', async (status) => {
  await against([{ status }, { status }, { status }, OK], async (service, seen, waits) => {
    expect((await service.call(CALL)).status).toBe(200);
    expect([seen.length, waits]).toEqual([4, [500, 1_000, 2_000]]);
  });
});

test('a wait that the service asks for is kept, within bounds', async () => {
  const asks = (seconds: string) => ({ status: 503, headers: { 'retry-after': seconds } });
  await against([asks('7'), asks('9999'), asks('Wed, 21 Oct'), OK], async (service, _, waits) => {
    await service.call(CALL);
    expect(waits).toEqual([7_000, 20_000, 2_000]);
  });
});

test('a broken connection is tried again, and given up after seven tries', async () => {
  await against([undefined, OK], async (service, seen) => {
    expect((await service.call(CALL)).status).toBe(200);
    expect(seen).toHaveLength(2);
  });
  await against([undefined], async (service, seen, waits) => {
    const failed = service.call(CALL);
    await expect(failed).rejects.toThrow(ServiceError);
    await expect(failed).rejects.toThrow(
      /^POST \/v1\/x: no answer from http:\/\/127\.0\.0\.1:\d+ \(.+\); is the address right/,
    );
    expect([seen.length, waits]).toEqual([7, [500, 1_000, 2_000, 4_000, 8_000, 16_000]]);
  });
});

test.each([[400], [403], [404], [409], [500]])('a %i is not tried again', async (status) => {
  await against([{ status, body: '{"message":"Forbidden"}' }], async (service, seen) => {
    await expect(service.call(CALL)).rejects.toMatchObject({
      name: 'ServiceError',
      status,
      message: `POST /v1/x: ${status} Forbidden`,
    });
    expect(seen).toHaveLength(1);
  });
});

test.each([
  [
    'problem details in one line, with every fault',
    '{"title":"Request not valid","detail":"Not carried\\n out.","errors":[{"field":"from","rule":"is missing"},{"field":"","rule":"is odd"}]}',
    '400 Request not valid: Not carried out.; from is missing; is odd',
  ],
  ['what API Gateway says', '{"message":"Forbidden"}', '400 Forbidden'],
  ['what AWS says elsewhere', '{"Message":"Signature expired"}', '400 Signature expired'],
  ['the beginning of anything else', `<html>\n${'x'.repeat(500)}`, `400 <html> ${'x'.repeat(293)}`],
  ['nothing', '', '400'],
])('an error is spelled as %s', (_, text, spelled) => {
  expect(spellProblem({ status: 400, text })).toBe(spelled);
});

test.each([
  ['not-an-address', 'is not an address'],
  ['http://example.com', 'only https'],
  ['ftp://127.0.0.1', 'only https'],
  ['https://orders.example.com', '--region: orders.example.com does not name'],
])('the address %s is refused', (url, said) => {
  expect(() => serviceAt({ url })).toThrow(UsageError);
  expect(() => serviceAt({ url })).toThrow(said);
});

test.each([
  ['https://abc123.execute-api.cn-north-1.amazonaws.com.cn', undefined, 'cn-north-1'],
  ['https://abc123.execute-api.eu-central-1.amazonaws.com', undefined, 'eu-central-1'],
  ['https://orders.example.com', 'ap-east-1', 'ap-east-1'],
])('a request to %s is signed for its region, with the headers that are sent', async (url, region, named) => {
  const sign = signerFor(new URL(url), region, {
    accessKeyId: 'AKID',
    secretAccessKey: 'SECRET',
    sessionToken: 'TOKEN',
  });
  const body = '{"a":1}';
  const headers = await sign({
    method: 'POST',
    path: '/v1/x',
    query: { b: 'ü +', a: '1' },
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(Object.keys(headers).toSorted()).toEqual([
    'authorization',
    'content-type',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-security-token',
  ]);
  // Signature Version 4 worked out by hand: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
  const at = headers['x-amz-date'] ?? '';
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const names = 'content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token';
  const canonical = [
    'POST',
    '/v1/x',
    'a=1&b=%C3%BC%20%2B',
    `content-type:application/json\nhost:${new URL(url).host}\nx-amz-content-sha256:${hash(body)}\nx-amz-date:${at}\nx-amz-security-token:TOKEN\n`,
    names,
    hash(body),
  ].join('\n');
  const scope = `${at.slice(0, 8)}/${named}/execute-api/aws4_request`;
  const key = [named, 'execute-api', 'aws4_request'].reduce(hmac, hmac('AWS4SECRET', at.slice(0, 8)));
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash(canonical)}`).toString('hex');
  expect(headers['authorization']).toBe(
    `AWS4-HMAC-SHA256 Credential=AKID/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  );
});

test('without credentials a request is not sent, and a sentence says what to do', async () => {
  const url = new URL('https://abc123.execute-api.eu-central-1.amazonaws.com');
  const sign = signerFor(url, undefined, () => Promise.reject(new Error('none found')));
  await expect(sign({ method: 'GET', path: '/', query: {}, headers: {} })).rejects.toMatchObject({
    name: 'UsageError',
    message: 'The request cannot be signed (none found); log in as for the AWS command line.',
  });
});
