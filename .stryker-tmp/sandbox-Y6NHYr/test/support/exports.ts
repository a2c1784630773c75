import type { APIGatewayProxyEventV2WithIAMAuthorizer as IamEvent } from 'aws-lambda';
import { parse } from 'csv-parse/sync';
import { exportAttempts, exportOrders, type ExportLimits } from '../../lambda/api/export';
import { ROUTE_TABLE } from '../../lambda/api/route-table';
import { dispatch, type RouteContext } from '../../lambda/api/router';
import type { Ledger, OrderList } from '../../lambda/flow/ports';
import { startGateway } from '../../local/aws/gateway';
import { apiAt, type Answer, type Api } from './api';

export interface ExportWorld {
  readonly ledger: Pick<Ledger, 'findMany'>;
  readonly orders: Pick<OrderList, 'registered'>;
  readonly limits: ExportLimits;
  readonly now: () => number;
  /** What the function has left when it is called. */
  readonly answerWithinMs?: number;
}

const EXPORTS = [
  'GET /v1/merchants/{mchid}/export/orders',
  'GET /v1/merchants/{mchid}/export/attempts',
] as const;

/** The two exports over HTTP, with pages of any size and a ledger of any kind. */
export async function startExports({
  ledger,
  orders,
  limits,
  now,
  answerWithinMs = 25_000,
}: ExportWorld): Promise<Api> {
  const routes = { ...ROUTE_TABLE, [EXPORTS[0]]: exportOrders(limits), [EXPORTS[1]]: exportAttempts(limits) };
  const handler = (event: IamEvent) => {
    const merchants = { get: async () => ({}) };
    const ports = { ledger, now, merchants };
    const context = { ports, orders, deadlineAt: now() + answerWithinMs, report: () => {} };
    return dispatch(routes, event, context as unknown as RouteContext);
  };
  const gateway = await startGateway({
    functions: [{ name: 'api', routes: EXPORTS, authorizer: 'iam', handler, timeoutMs: 29_000 }],
  });
  return apiAt(gateway.url, () => gateway.close());
}

/** Every page of an export, one after the other; `between` happens before each. */
export async function pagesOf(
  api: Pick<Api, 'at'>,
  path: string,
  between: (page: number) => Promise<void> = async () => {},
): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  let cursor: string | string[] | undefined = '';
  while (cursor !== undefined) {
    await between(pages.length);
    const answer: Answer = await api.at('GET', cursor === '' ? path : `${path}&cursor=${cursor.toString()}`);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    pages.push(answer);
    cursor = answer.headers['x-next-cursor'];
    if (pages.length > 5_000) throw new Error('the pages do not come to an end');
  }
  return pages;
}

export type Row = Readonly<Record<string, string>>;

/** The rows of a whole file, cell by cell, without the backtick that keeps a spreadsheet off. */
export function rowsOf(csv: string): readonly Row[] {
  const rows: Row[] = parse(csv, { bom: true, columns: true });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell.replace(/^`/, '')])),
  );
}

export function joined(pages: readonly Answer[]): string {
  return pages.map(({ text }) => text).join('');
}
