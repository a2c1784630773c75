import { useState } from 'preact/hooks';
import { call } from '../../api/client';
import type { Failure } from '../../api/result';
import type { ListedOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { sideBySide } from '../../lib/side-by-side';
import { instantOf } from '../../lib/time';
import { Button } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { sayFailure } from '../../ui/failure';
import { ReasonField, UntilField } from '../../ui/fields';
import { Progress } from '../../ui/progress';

export type BulkKind = 'hold' | 'release';
const AT_ONCE_MAX = 4;

interface BulkDialogProps {
  readonly kind: BulkKind;
  readonly mchid: string;
  readonly orders: readonly ListedOrder[];
  readonly onClose: (changed: boolean) => void;
}

interface Ran {
  readonly done: number;
  readonly refused: readonly { readonly order: ListedOrder; readonly failure: Failure }[];
}

/** Holds or releases what was chosen, order by order; each is refused or done by itself. */
export function BulkDialog({ kind, mchid, orders, onClose }: BulkDialogProps) {
  const { api, t, codes } = useConsole();
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const [ran, setRan] = useState<Ran | undefined>();
  const [busy, setBusy] = useState(false);
  const one = async ({ sub_mchid, out_order_no }: ListedOrder) => {
    const params = { path: { mchid, sub_mchid, out_order_no } };
    const end = instantOf(until);
    return call(async (signal) =>
      kind === 'hold'
        ? api.POST('/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold', {
            params,
            body: { reason, ...(end === undefined ? {} : { until: end }) },
            signal,
          })
        : api.POST('/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release', {
            params,
            body: { reason },
            signal,
          }),
    );
  };
  const run = async () => {
    setBusy(true);
    let now: Ran = { done: 0, refused: [] };
    setRan(now);
    await sideBySide(orders, AT_ONCE_MAX, one, (result, order) => {
      const refused = result.ok ? now.refused : [...now.refused, { order, failure: result.failure }];
      now = { done: now.done + 1, refused };
      setRan(now);
    });
    setBusy(false);
  };
  const words = t.actions[kind];
  return (
    <Dialog
      title={t.orders.bulkTitle(words.name, orders.length)}
      busy={busy}
      onClose={() => onClose(ran !== undefined)}
      foot={
        ran === undefined ? (
          <>
            <Button onClick={() => onClose(false)}>{t.common.cancel}</Button>
            <Button kind="primary" disabled={reason.trim() === ''} onClick={() => void run()}>
              {t.orders.bulkConfirm(words.name, orders.length)}
            </Button>
          </>
        ) : (
          <Button kind="primary" disabled={busy} onClick={() => onClose(true)}>
            {t.common.close}
          </Button>
        )
      }
    >
      {ran === undefined ? (
        <>
          <p>{words.says}</p>
          <ReasonField value={reason} onChange={setReason} />
          {kind === 'hold' && <UntilField value={until} onChange={setUntil} />}
        </>
      ) : (
        <>
          <Progress done={ran.done} of={orders.length} label={words.name} />
          <p role="status">
            {busy
              ? t.orders.bulkRunning(ran.done, orders.length)
              : t.orders.bulkDone(ran.done - ran.refused.length, ran.refused.length)}
          </p>
          {ran.refused.length > 0 && (
            <ul class="refusals">
              {ran.refused.map(({ order, failure }) => {
                const said = sayFailure(failure, t, codes);
                return (
                  <li key={`${order.sub_mchid}/${order.out_order_no}`}>
                    <span class="mono">{order.out_order_no}</span> {said.title}
                    <span class="faint"> {said.because ?? said.detail}</span>
                  </li>
                );
              })}
            </ul>
          )}
        </>
      )}
    </Dialog>
  );
}
