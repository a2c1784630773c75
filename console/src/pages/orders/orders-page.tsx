import { useEffect, useMemo, useState } from 'preact/hooks';
import { ChevronLeft, ChevronRight, Download, PauseCircle, PlayCircle, SearchX } from 'lucide-preact';
import type { ListedOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf, type OrderFilter } from '../../app/routes';
import { goTo } from '../../app/use-route';
import { Amount, Button, Empty, Panel, When } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';
import { Lines, Load, Reload } from '../../ui/load';
import { Page } from '../../ui/page';
import { StatusChip } from '../states';
import { BulkDialog, type BulkKind } from './bulk-dialog';
import { ExportDialog } from './export-dialog';
import { Filters } from './filters';
import { downloadOrders } from './selection-csv';
import { useOrders } from './use-orders';

export const idOf = ({ sub_mchid, out_order_no }: Pick<ListedOrder, 'sub_mchid' | 'out_order_no'>): string =>
  `${sub_mchid}/${out_order_no}`;

export function OrdersPage({ mchid, filter }: { mchid: string; filter: OrderFilter }) {
  const { t, mayChange } = useConsole();
  const { loading, pages } = useOrders(mchid, filter);
  const [chosen, setChosen] = useState<ReadonlyMap<string, ListedOrder>>(new Map());
  const [bulk, setBulk] = useState<BulkKind | 'export' | undefined>();
  const columns = useColumns(mchid);
  // What is chosen is what is in sight: another list, or another page of it, begins with nothing chosen.
  useEffect(() => setChosen(new Map()), [mchid, filter.status, filter.sub_mchid, filter.find, pages.number]);
  const selected = useMemo(() => new Set(chosen.keys()), [chosen]);
  return (
    <Page
      title={t.orders.title}
      actions={
        <>
          <Button icon={<Download size={16} aria-hidden="true" />} onClick={() => setBulk('export')}>
            {t.orders.exportPeriod}
          </Button>
          <Reload loading={loading} />
        </>
      }
    >
      <Filters filter={filter} onChange={(next) => goTo({ page: 'orders', mchid, filter: next })} />
      {chosen.size > 0 && (
        <div class="selection" role="region" aria-label={t.orders.selection}>
          <strong>{t.orders.selected(chosen.size)}</strong>
          {mayChange && (
            <>
              <Button
                small
                icon={<PauseCircle size={14} aria-hidden="true" />}
                onClick={() => setBulk('hold')}
              >
                {t.actions.hold.name}
              </Button>
              <Button
                small
                icon={<PlayCircle size={14} aria-hidden="true" />}
                onClick={() => setBulk('release')}
              >
                {t.actions.release.name}
              </Button>
            </>
          )}
          <Button
            small
            icon={<Download size={14} aria-hidden="true" />}
            onClick={() => void downloadOrders(mchid, [...chosen.values()])}
          >
            {t.orders.exportSelection}
          </Button>
          <Button small kind="quiet" onClick={() => setChosen(new Map())}>
            {t.orders.clearSelection}
          </Button>
        </div>
      )}
      <Panel flush>
        <Load loading={loading} what={t.orders.title} skeleton={<Lines count={10} />}>
          {({ orders, cursor }) =>
            orders.length === 0 ? (
              <NoOrders filter={filter} mchid={mchid} />
            ) : (
              <>
                <DataTable
                  caption={t.orders.title}
                  columns={columns}
                  rows={orders}
                  idOf={idOf}
                  nameOf={(order) => order.out_order_no}
                  selected={selected}
                  onSelect={(ids) =>
                    setChosen(
                      new Map(orders.filter((one) => ids.has(idOf(one))).map((one) => [idOf(one), one])),
                    )
                  }
                />
                <nav class="pager" aria-label={t.orders.pages}>
                  <span class="faint">{t.orders.onPage(pages.number, orders.length)}</span>
                  <Button
                    small
                    disabled={pages.number === 1}
                    onClick={pages.back}
                    icon={<ChevronLeft size={16} aria-hidden="true" />}
                  >
                    {t.orders.previous}
                  </Button>
                  <Button
                    small
                    disabled={cursor === null}
                    onClick={() => cursor !== null && pages.forward(cursor)}
                    icon={<ChevronRight size={16} aria-hidden="true" />}
                  >
                    {t.orders.next}
                  </Button>
                </nav>
              </>
            )
          }
        </Load>
      </Panel>
      {(bulk === 'hold' || bulk === 'release') && (
        <BulkDialog
          kind={bulk}
          mchid={mchid}
          orders={[...chosen.values()]}
          onClose={(changed) => {
            setBulk(undefined);
            if (changed) loading.reload();
          }}
        />
      )}
      {bulk === 'export' && <ExportDialog mchid={mchid} filter={filter} onClose={() => setBulk(undefined)} />}
    </Page>
  );
}

function useColumns(mchid: string): readonly Column<ListedOrder>[] {
  const { t } = useConsole();
  return useMemo(
    () => [
      {
        id: 'order',
        head: t.orders.order,
        names: true,
        cell: ({ sub_mchid, out_order_no }) => (
          <a class="mono" href={addressOf({ page: 'order', mchid, sub_mchid, out_order_no })}>
            {out_order_no}
          </a>
        ),
      },
      { id: 'status', head: t.orders.status, cell: ({ status }) => <StatusChip status={status} /> },
      {
        id: 'sub',
        head: t.common.subMerchant,
        cell: ({ sub_mchid }) => <span class="mono">{sub_mchid}</span>,
      },
      {
        id: 'due',
        head: t.orders.total,
        numeric: true,
        cell: ({ total_amount }) => <Amount fen={total_amount} />,
      },
      {
        id: 'paid',
        head: t.orders.paid,
        numeric: true,
        cell: ({ paid_amount }) => <Amount fen={paid_amount} />,
      },
      { id: 'at', head: t.orders.registered, cell: ({ registered_at }) => <When at={registered_at} /> },
    ],
    [t, mchid],
  );
}

function NoOrders({ filter, mchid }: { filter: OrderFilter; mchid: string }) {
  const { t } = useConsole();
  const filtered = Object.keys(filter).length > 0;
  return (
    <Empty
      icon={<SearchX size={28} aria-hidden="true" />}
      title={filtered ? t.orders.noneFound : t.orders.none}
    >
      {filtered ? (
        <>
          <p>{filter.find === undefined ? t.orders.noneFoundText : t.orders.noneByName(filter.find)}</p>
          <a href={addressOf({ page: 'orders', mchid, filter: {} })}>{t.orders.showAll}</a>
        </>
      ) : (
        <>
          <p>{t.orders.noneText}</p>
          <a href={addressOf({ page: 'import', mchid })}>{t.orders.toImport}</a>
        </>
      )}
    </Empty>
  );
}
