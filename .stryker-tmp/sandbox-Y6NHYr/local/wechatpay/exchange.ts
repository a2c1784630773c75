import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, EMPTY, ERRORS, refuse } from './answers';
import { checkSignature, type Incoming, refuseSignature, type SignatureCheck } from './authenticate';
import { type Bank, countReceived, perform } from './calls';
import type { Delay, Disturbance, Faults } from './faults';
import type { Merchant } from './merchants';
import type { Notifier } from './notifier';
import { refuseProtocol } from './protocol';
import type { Entry, Recorder } from './recorder';
import { actionOf, orderNumberOf, route, type Route } from './routes';
import { compose, plainAnswer, type Wire } from './wire';

/** Everything one exchange needs. */
export interface Simulation extends Bank {
  readonly merchants: ReadonlyMap<string, Merchant>;
  readonly faults: Faults;
  readonly recorder: Recorder;
  readonly notifier: Notifier;
  /** Aborted when the simulator closes, so that no delay outlives it. */
  readonly closing: AbortSignal;
}

export type Host = 'main' | 'backup';

const MAX_BODY_BYTES = 64 * 1024;
// Past this the rest is not even read and thrown away: the connection is cut.
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

type Body =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'cut_off' };

/** The whole body, or why there is none; an oversized one is read to its end so that it can be answered. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else if (bytes > MAX_DISCARDED_BYTES) request.destroy();
    });
    request.on('end', () => {
      if (bytes > MAX_BODY_BYTES) resolve({ kind: 'too_large' });
      else resolve({ kind: 'read', text: Buffer.concat(chunks).toString() });
    });
    request.on('error', () => resolve({ kind: 'cut_off' }));
    request.on('close', () => resolve({ kind: 'cut_off' }));
  });
}

/** Repeated headers joined as HTTP joins them; names in lower case. */
function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function pause(delay: Delay | undefined, when: Delay['when'], closing: AbortSignal): Promise<void> {
  if (delay?.when !== when) return;
  // Protocol time is real time, whatever clock was passed in. On closing there is nobody left to wait for.
  await sleep(delay.delayMs, undefined, { signal: closing }).catch(() => undefined);
}

/** Interface rules come first, as at a gateway; then the signature; only then is anything done. */
function judge(simulation: Simulation, found: Route, incoming: Incoming, check: SignatureCheck): Answer {
  const broken = refuseProtocol(incoming);
  if (broken !== undefined) return broken;
  if (check.verdict !== 'valid') return refuseSignature(incoming, check);
  return perform(simulation, check.merchant, found, incoming);
}

/** Instead of processing, if the fault says so. */
const replacesProcessing = (fault: Disturbance | undefined): boolean =>
  (fault?.kind === 'status' || fault?.kind === 'body') && fault.when === 'before';

function send(entry: Entry, response: ServerResponse, wire: Wire): void {
  if (response.destroyed || response.socket?.destroyed !== false) {
    entry.outcome = { kind: 'caller_gone' };
    return;
  }
  entry.outcome = { kind: 'answered', status: wire.status, requestId: wire.requestId };
  response.writeHead(wire.status, wire.headers);
  if (wire.sendBytes === wire.body.length) response.end(wire.body);
  else response.write(wire.body.subarray(0, wire.sendBytes), () => response.destroy());
}

function reset(
  entry: Entry,
  request: IncomingMessage,
  when: 'before_reading' | 'before_processing' | 'after_processing',
): void {
  entry.outcome = { kind: 'reset', when };
  request.socket.resetAndDestroy();
}

function record(simulation: Simulation, host: Host, request: IncomingMessage): Entry {
  return simulation.recorder.add({
    atMs: simulation.now(),
    host,
    method: request.method ?? '',
    url: request.url ?? '',
    headers: flatten(request.headers),
    body: '',
    signature: { verdict: 'unchecked', message: '' },
    faults: [],
    outcome: { kind: 'pending' },
  });
}

/** One call from its first byte to its last, with the faults that were asked for. */
export async function exchange(
  simulation: Simulation,
  host: Host,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const entry = record(simulation, host, request);
  const { method, url } = entry;
  const found = route(method, url);
  const arrival = { host, method, url, action: actionOf(found), out_order_no: orderNumberOf(found) };
  const { delay, disturbance } = simulation.faults.take(arrival);
  entry.faults = [delay, disturbance].flatMap((fault) => (fault === undefined ? [] : [fault.kind]));
  if (disturbance?.kind === 'refuse') return reset(entry, request, 'before_reading');

  const body = await readBody(request);
  if (body.kind === 'cut_off') {
    entry.outcome = { kind: 'caller_gone' };
    return;
  }
  if (body.kind === 'too_large') {
    const signer = simulation.platform.answerSigner('both', undefined, simulation.now());
    return send(
      entry,
      response,
      compose(plainAnswer(refuse(ERRORS.tooLarge)), signer, simulation.now(), undefined),
    );
  }

  const incoming: Incoming = { method, url, headers: entry.headers, body: body.text };
  const check = checkSignature(incoming, simulation.merchants, simulation.now());
  entry.body = body.text;
  entry.signature = { verdict: check.verdict, message: check.message };
  if (check.verdict === 'valid') countReceived(simulation, check.merchant, found, body.text);
  if (disturbance?.kind === 'lost_request') return reset(entry, request, 'before_processing');

  await pause(delay, 'before', simulation.closing);
  const answer = replacesProcessing(disturbance) ? EMPTY : judge(simulation, found, incoming, check);
  await pause(delay, 'after', simulation.closing);
  if (disturbance?.kind === 'lost_answer') return reset(entry, request, 'after_processing');

  const verification = check.verdict === 'valid' ? check.merchant.verification : 'both';
  const named = entry.headers['wechatpay-serial'];
  const signer = simulation.platform.answerSigner(verification, named, simulation.now());
  send(entry, response, compose(plainAnswer(answer), signer, simulation.now(), disturbance));
}
