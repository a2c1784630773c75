import { useMemo, useState } from 'preact/hooks';
import { ShieldCheck } from 'lucide-preact';
import { call } from '../../api/client';
import type { Breaker } from '../../api/types';
import { useConsole } from '../../app/console';
import { useAction } from '../../app/use-action';
import { counted } from '../../lib/money';
import { Button, Chip, Empty, Panel, When } from '../../ui/basic';
import { DataTable, type Column } from '../../ui/data-table';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';

const idOf = (breaker: Breaker): string =>
  breaker.scope === 'merchant' ? 'merchant' : `${breaker.sub_mchid}/${breaker.service_id}`;

interface BreakersProps {
  readonly mchid: string;
  readonly breakers: readonly Breaker[];
  readonly onChanged: () => void;
}

/** What keeps a merchant, or one sub-merchant under one service, from being collected: faults of permission and keys. */
export function Breakers({ mchid, breakers, onChanged }: BreakersProps) {
  const { t, codes, mayChange } = useConsole();
  const [lifting, setLifting] = useState<Breaker | undefined>();
  const columns = useMemo<readonly Column<Breaker>[]>(
    () => [
      {
        id: 'whose',
        head: t.merchants.whose,
        names: true,
        cell: (breaker) =>
          breaker.scope === 'merchant' ? (
            t.merchants.wholeMerchant
          ) : (
            <span class="mono break">
              {breaker.sub_mchid}
              <br />
              <span class="faint">{breaker.service_id}</span>
            </span>
          ),
      },
      {
        id: 'state',
        head: t.orders.status,
        cell: ({ state }) => <Chip tone={state === 'open' ? 'bad' : 'warn'}>{codes.breaker[state]}</Chip>,
      },
      {
        id: 'because',
        head: t.merchants.because,
        cell: ({ because }) => <span class="wrap">{because}</span>,
      },
      { id: 'trips', head: t.merchants.trips, numeric: true, cell: ({ trips }) => counted(trips) },
      { id: 'since', head: t.merchants.tripped, cell: ({ tripped_at }) => <When at={tripped_at} /> },
      {
        id: 'again',
        head: t.merchants.triesAgain,
        cell: ({ tries_again_at, lifted }) => (
          <>
            <When at={tries_again_at} />
            {lifted !== null && (
              <div class="faint">
                {t.merchants.liftedBy} <span class="break">{lifted.by}</span>
              </div>
            )}
          </>
        ),
      },
      ...(mayChange
        ? [
            {
              id: 'lift',
              head: t.order.actions,
              cell: (breaker: Breaker) => (
                <Button small onClick={() => setLifting(breaker)}>
                  {t.merchants.lift}
                </Button>
              ),
            },
          ]
        : []),
    ],
    [t, codes, mayChange],
  );
  return (
    <Panel title={t.merchants.breakers} note={t.merchants.breakersNote} flush={breakers.length > 0}>
      {breakers.length === 0 ? (
        <Empty icon={<ShieldCheck size={28} aria-hidden="true" />} title={t.merchants.noBreakers}>
          <p>{t.merchants.noBreakersText}</p>
        </Empty>
      ) : (
        <DataTable caption={t.merchants.breakers} columns={columns} rows={breakers} idOf={idOf} />
      )}
      {lifting !== undefined && (
        <LiftDialog
          mchid={mchid}
          breaker={lifting}
          onClose={(changed) => {
            setLifting(undefined);
            if (changed) onChanged();
          }}
        />
      )}
    </Panel>
  );
}

function LiftDialog(props: { mchid: string; breaker: Breaker; onClose: (changed: boolean) => void }) {
  const { mchid, breaker, onClose } = props;
  const { api, t, say } = useConsole();
  const { acting, act } = useAction<{ lifted: boolean }>();
  const pair =
    breaker.scope === 'pair'
      ? { pair: { sub_mchid: breaker.sub_mchid, service_id: breaker.service_id } }
      : {};
  const lift = async () => {
    const result = await act(async () =>
      call(async (signal) =>
        api.POST('/v1/merchants/{mchid}/breakers/lift', { params: { path: { mchid } }, body: pair, signal }),
      ),
    );
    if (!result?.ok) return;
    say(t.merchants.lifted);
    onClose(true);
  };
  return (
    <Dialog
      title={t.merchants.liftTitle}
      busy={acting.kind === 'busy'}
      onClose={() => onClose(false)}
      foot={
        <>
          <Button onClick={() => onClose(false)}>{t.common.cancel}</Button>
          <Button kind="primary" busy={acting.kind === 'busy'} onClick={() => void lift()}>
            {t.merchants.lift}
          </Button>
        </>
      }
    >
      <p class="says">{t.merchants.liftSays}</p>
      <p class="wrap">{breaker.because}</p>
      {acting.kind === 'failed' && <Failed failure={acting.failure} what={t.actions.refused} />}
    </Dialog>
  );
}
