import { request as httpRequest } from 'node:http';
import type { OrderRef } from '../../lambda/core/ids';
import { demandDescribed } from './contract';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Api {
  readonly url: string;
  send(call: Call): Promise<Answer>;
  /** `body` replaces the usual one. */
  collect(ref: OrderRef, more?: object): Promise<Answer>;
  query(ref: OrderRef): Promise<Answer>;
  register(ref: OrderRef, more?: object): Promise<Answer>;
  at(method: 'GET' | 'PUT' | 'DELETE' | 'POST', path: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

/** The way to an order's resource; `|` and what else a URL cannot hold is encoded. */
export function pathOf({ mchid, sub_mchid, out_order_no }: OrderRef, action?: 'collect' | 'query'): string {
  const order = `/v1/merchants/${mchid}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}`;
  return action === undefined ? order : `${order}/${action}`;
}

/** A caller of the API at this address. */
export function apiAt(url: string, close: () => Promise<void>): Api {
  const exchange: Api['send'] = ({ method = 'POST', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      // Not fetch: it would refuse some methods and tidy up some paths.
      const sent = body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };
      const outgoing = httpRequest(
        { hostname, port, method, path, headers: sent, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              body: jsonOf(text),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const send: Api['send'] = async (call) => {
    const answer = await exchange(call);
    demandDescribed({ method: 'POST', ...call, ...answer });
    return answer;
  };
  const json = { 'content-type': 'application/json' };
  const at: Api['at'] = (method, path, body) =>
    send({ method, path, ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }) });
  const post = (path: string, body: object) => at('POST', path, body);
  return {
    url,
    send,
    collect: (ref, more = {}) => post(pathOf(ref, 'collect'), { service_id: ref.service_id, ...more }),
    query: (ref) => post(pathOf(ref, 'query'), { service_id: ref.service_id }),
    register: (ref, more = {}) => at('PUT', pathOf(ref), { service_id: ref.service_id, ...more }),
    at,
    close,
  };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
