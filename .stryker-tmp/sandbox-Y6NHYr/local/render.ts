import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { DemoCall, DemoRow } from './demo';

type Style = Parameters<typeof styleText>[0];

/** Colours only where a person looks. */
export const colourful = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
export const paint = (style: Style, text: string): string => (colourful ? styleText(style, text) : text);

const OUTCOME_STYLES: Readonly<Record<DemoRow['outcome'], Style>> = {
  accepted: 'cyan',
  in_progress: 'cyan',
  busy: 'yellow',
  unknown: 'yellow',
  declined: 'red',
  throttled: 'yellow',
  contradicted: 'yellow',
  refused: 'red',
  misconfigured: 'red',
  not_sent: 'yellow',
  'held back': 'gray',
};

/** The demonstration's result: what was sent, what WeChat Pay said, what is verified, what comes next. */
export function renderTable(rows: readonly DemoRow[]): string {
  const table = new Table({
    head: [
      'order',
      'what is arranged',
      'signed call',
      'answer',
      'outcome',
      'verified query',
      'next (Beijing time)',
    ],
    style: { head: colourful ? ['bold'] : [], border: colourful ? ['gray'] : [], compact: true },
    colWidths: [13, 21, 17, 8, 15, 15, 21],
    wordWrap: true,
  });
  for (const row of rows) {
    table.push([
      `${row.out_order_no}\n${paint('dim', yuan(row.total_amount))}`,
      row.fate,
      renderCall(row),
      renderAnswer(row.call),
      paint(OUTCOME_STYLES[row.outcome], row.outcome.replace('_', ' ')),
      paint(
        row.standing === 'paid' ? 'green' : 'reset',
        row.standing === 'paid' ? `paid ${yuan(row.paid_amount)}` : row.standing.replace('_', ' '),
      ),
      paint('dim', row.next),
    ]);
  }
  return table.toString();
}

function renderCall({ call, calls_received }: DemoRow): string {
  if (call === null) return paint('dim', 'none sent');
  const signature = /signature="([^"]{8})/.exec(call.authorization)?.[1] ?? '';
  return `${signature}… ${call.signature_verdict}\nsent ${calls_received === 1 ? 'once' : `${calls_received} times`}`;
}

function renderAnswer(call: DemoCall | null): string {
  if (call === null) return '';
  return call.http_status === null ? paint('yellow', 'lost') : String(call.http_status);
}

/** One signed request in full: this is what goes over the wire. */
export function renderRequest({ method, url, authorization, body, signature_verdict }: DemoCall): string {
  const fields = authorization
    .replace(/(signature="[^"]{44})[^"]*/, '$1…')
    .replaceAll(',', ',\n                 ');
  return [
    paint('bold', `  ${method} ${url}`),
    paint('dim', `  Authorization: ${fields}`),
    paint('dim', `  ${body}`),
    `  signature: ${paint(signature_verdict === 'valid' ? 'green' : 'red', signature_verdict)}, checked by wechatpay-axios-plugin on the other side`,
  ].join('\n');
}

/** Fen as yuan. */
export function yuan(fen: number): string {
  return `¥${(fen / 100).toFixed(2)}`;
}
