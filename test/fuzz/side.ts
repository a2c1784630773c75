import type { RequestHead } from '../../local/aws/gateway-event';
import type { Gateway } from '../../local/aws/gateway';
import type { Sent } from './requests';

/** An answer, however it was asked for. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** In true time. */
const ANSWER_WITHIN_MS = 30_000;

/** Through the gateway without a socket: what it makes of the request, the functions, and what it makes of their answer. */
export async function askInProcess(gateway: Gateway, sent: Sent): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)),
      ANSWER_WITHIN_MS,
    );
  });
  try {
    const { answer } = await Promise.race([gateway(headOf(sent), sent.body), hangs]);
    // To HEAD a server sends no body.
    const body = sent.method === 'HEAD' ? '' : answer.body.toString('utf8');
    return { status: answer.status, headers: answer.headers as Answer['headers'], text: body };
  } finally {
    clearTimeout(timer);
  }
}

function headOf({ method, target, headers, body }: Sent): RequestHead {
  const distinct = new Map<string, string[]>([['host', ['127.0.0.1']]]);
  for (const [name, value] of [...headers, ['content-length', String(body.length)] as const]) {
    // As Node reads the bytes of a header.
    const read = value.trim();
    distinct.set(name.toLowerCase(), [...(distinct.get(name.toLowerCase()) ?? []), read]);
  }
  return {
    method,
    url: target,
    httpVersion: '1.1',
    headers: Object.fromEntries([...distinct].map(([name, values]) => [name, values.join(', ')])),
    headersDistinct: Object.fromEntries(distinct),
    socket: { remoteAddress: '127.0.0.1', localPort: 80 },
  };
}
