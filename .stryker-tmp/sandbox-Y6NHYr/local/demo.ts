import { OUTCOME_RULES, type OutcomeKind } from '../lambda/core/outcome';
import { yuan } from './render';
import { MCHID, SAMPLES, SERVICE_ID, SUB_MCHID, type Sample } from './samples';
import type { RecordedRequest, Simulator } from './wechatpay';

/** What came of one sample order, as the API told it. */
export interface DemoRow {
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly total_amount: number;
  readonly fate: string;
  /** The collection call as it arrived at WeChat Pay; null when nothing was sent. */
  readonly call: DemoCall | null;
  /** How many `/pay` calls WeChat Pay received for this order. */
  readonly calls_received: number;
  /** What the collect route said. */
  readonly outcome: OutcomeKind | 'held back';
  readonly meaning: string;
  /** What a verified query said afterwards. */
  readonly standing: string;
  readonly paid_amount: number;
  readonly next: string;
}

export interface DemoCall {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
  /** What the other side's signature check, someone else's code, came to. */
  readonly signature_verdict: string;
  readonly http_status: number | null;
  readonly request_id: string | null;
}

/** Collects every sample through the API, over HTTP, one after the other; then asks about each. */
export async function runDemo(
  apiUrl: string,
  simulator: Simulator,
  progress: (done: number, of: number) => void,
): Promise<DemoRow[]> {
  const rows: DemoRow[] = [];
  for (const sample of SAMPLES) {
    rows.push(await collectSample(apiUrl, simulator, sample));
    progress(rows.length, SAMPLES.length);
  }
  return rows;
}

interface Next {
  readonly action: string;
  readonly because?: string;
  readonly until?: string;
  readonly asks_again_at?: string;
}

/** The parts of the API's answers that the table shows. */
interface ApiAnswer {
  readonly attempt?: { readonly outcome: OutcomeKind; readonly meaning: string };
  readonly standing?: {
    readonly kind: string;
    readonly paid_amount?: number;
    readonly meaning: string;
  } | null;
  readonly next?: Next;
  readonly detail?: string;
}

async function collectSample(apiUrl: string, simulator: Simulator, sample: Sample): Promise<DemoRow> {
  const { out_order_no, total_amount } = sample.order;
  const { sub_mchid = SUB_MCHID } = sample;
  const callers = sample.twice ? 2 : 1;
  const answers = await Promise.all(
    Array.from({ length: callers }, () => post(apiUrl, sub_mchid, out_order_no, 'collect')),
  );
  const collected = answers.find(({ attempt }) => attempt !== undefined) ?? answers[0];
  const queried = await post(apiUrl, sub_mchid, out_order_no, 'query');
  const outcome = collected?.attempt?.outcome ?? 'held back';
  const isPay = ({ url }: RecordedRequest) => url.endsWith(`/${encodeURIComponent(out_order_no)}/pay`);
  return {
    sub_mchid,
    out_order_no,
    total_amount,
    fate: sample.fate,
    call: showCall(simulator.requests.find(isPay)),
    calls_received: simulator.order(MCHID, sub_mchid, out_order_no)?.payCalls.received ?? 0,
    outcome,
    meaning: outcome === 'held back' ? (collected?.standing?.meaning ?? '') : OUTCOME_RULES[outcome].meaning,
    standing: queried.standing?.kind ?? 'not known',
    paid_amount: queried.standing?.kind === 'paid' ? (queried.standing.paid_amount ?? 0) : 0,
    next: spellNext(queried.next, outcome, queried.standing?.kind),
  };
}

async function post(
  apiUrl: string,
  subMchid: string,
  outOrderNo: string,
  action: 'collect' | 'query',
): Promise<ApiAnswer> {
  const path = `/v1/merchants/${MCHID}/orders/${subMchid}/${encodeURIComponent(outOrderNo)}/${action}`;
  const answer = await fetch(apiUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ service_id: SERVICE_ID }),
  });
  return (await answer.json()) as ApiAnswer;
}

function showCall(request: RecordedRequest | undefined): DemoCall | null {
  if (request === undefined) return null;
  const { method, url, headers, body, signature, outcome } = request;
  return {
    method,
    url,
    authorization: headers['authorization'] ?? '',
    body,
    signature_verdict: signature.verdict,
    http_status: outcome.kind === 'answered' ? outcome.status : null,
    request_id: outcome.kind === 'answered' ? outcome.requestId : null,
  };
}

/** The next step in a few words; the API's own answer has it in a sentence. */
function spellNext(
  next: Next | undefined,
  outcome: DemoRow['outcome'],
  standing: string | undefined,
): string {
  if (outcome === 'misconfigured') return 'correct it; one collection tries again later';
  if (next === undefined) return '';
  if (next.because === 'paid') return 'nothing, it is paid';
  if (next.because === 'attempt_open') return `asked about from ${beijing(next.until)}`;
  // What is not pending by then is not collected: it is asked first.
  if (next.action === 'wait' && standing !== 'pending') return `asked about from ${beijing(next.until)}`;
  if (next.action === 'wait') return `collected again from ${beijing(next.until)}`;
  return next.asks_again_at === undefined ? next.action : `asked about from ${beijing(next.asks_again_at)}`;
}

/** Beijing time, as WeChat Pay and its users have it. */
function beijing(instant: string | undefined): string {
  if (instant === undefined) return 'now';
  return BEIJING.format(new Date(instant));
}

const BEIJING = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** The service's word against the simulator's own books: what must hold whatever the sample. */
export function auditDemo(rows: readonly DemoRow[], simulator: Simulator): string[] {
  return rows.flatMap(({ sub_mchid, out_order_no, calls_received, paid_amount, call }) => {
    const order = simulator.order(MCHID, sub_mchid, out_order_no);
    const faults: string[] = [];
    if (calls_received > 1) faults.push(`${out_order_no}: /pay was called ${calls_received} times`);
    if (paid_amount > (order?.paid_amount ?? 0))
      faults.push(`${out_order_no}: said ${yuan(paid_amount)} paid, WeChat Pay's books have less`);
    if (call !== null && call.signature_verdict !== 'valid')
      faults.push(`${out_order_no}: signature ${call.signature_verdict}`);
    return faults;
  });
}
