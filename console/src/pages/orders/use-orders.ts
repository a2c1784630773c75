import { useState } from 'preact/hooks';
import { call, type Api } from '../../api/client';
import type { Result } from '../../api/result';
import type { ListedOrder, OrderStatus } from '../../api/types';
import { useConsole } from '../../app/console';
import type { OrderFilter } from '../../app/routes';
import { useLoad, type Loading } from '../../ui/use-load';

export interface OrderPage {
  readonly orders: readonly ListedOrder[];
  readonly cursor: string | null;
}

const PAGE_ROWS = 50;

interface Pages {
  /** 1 is the first. */
  readonly number: number;
  readonly back: () => void;
  readonly forward: (cursor: string) => void;
}

/** A page of the list, or what a search found; pages are walked by cursor, so the tenth costs what the first does. */
export function useOrders(mchid: string, filter: OrderFilter): { loading: Loading<OrderPage>; pages: Pages } {
  const { api } = useConsole();
  const list = JSON.stringify([mchid, filter]);
  const [walked, setWalked] = useState<{ readonly list: string; readonly cursors: readonly string[] }>({
    list,
    cursors: [],
  });
  const cursors = walked.list === list ? walked.cursors : [];
  const cursor = cursors.at(-1);
  const loading = useLoad<OrderPage>(`${list} ${cursor ?? ''}`, async (signal) =>
    filter.find === undefined
      ? listOrders(api, mchid, filter, cursor, signal)
      : findOrders(api, mchid, filter.find, signal),
  );
  return {
    loading,
    pages: {
      number: cursors.length + 1,
      back: () => setWalked({ list, cursors: cursors.slice(0, -1) }),
      forward: (next) => setWalked({ list, cursors: [...cursors, next] }),
    },
  };
}

async function listOrders(
  api: Api,
  mchid: string,
  { status, sub_mchid }: OrderFilter,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Result<OrderPage>> {
  const query = {
    limit: PAGE_ROWS,
    // An address may have been written by hand: what is no status is for the API to refuse.
    ...(status === undefined ? {} : { status: status as OrderStatus }),
    ...(sub_mchid === undefined ? {} : { sub_mchid }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  return call(
    async (ending) =>
      api.GET('/v1/merchants/{mchid}/orders', { params: { path: { mchid }, query }, signal: ending }),
    signal,
  );
}

/** Both kinds of number are looked up: nobody on the phone knows which of them he reads out. */
async function findOrders(
  api: Api,
  mchid: string,
  find: string,
  signal: AbortSignal,
): Promise<Result<OrderPage>> {
  const search = async (query: { out_order_no: string } | { transaction_id: string }) =>
    call(
      async (ending) =>
        api.GET('/v1/merchants/{mchid}/search', { params: { path: { mchid }, query }, signal: ending }),
      signal,
    );
  const lookups = [
    ...(/^[\w|*-]{1,32}$/.test(find) ? [search({ out_order_no: find })] : []),
    ...(/^\d{1,64}$/.test(find) ? [search({ transaction_id: find })] : []),
  ];
  const found = await Promise.all(lookups);
  const orders = new Map<string, ListedOrder>();
  for (const result of found) {
    if (!result.ok) return result;
    for (const order of result.value.orders) orders.set(`${order.sub_mchid}/${order.out_order_no}`, order);
  }
  return { ok: true, status: 200, value: { orders: [...orders.values()], cursor: null } };
}
