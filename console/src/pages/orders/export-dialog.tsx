import { useRef, useState } from 'preact/hooks';
import type { Failure } from '../../api/result';
import { call } from '../../api/client';
import type { OrderStatus } from '../../api/types';
import { useConsole } from '../../app/console';
import type { OrderFilter } from '../../app/routes';
import { download } from '../../lib/download';
import { day, instantOf } from '../../lib/time';
import { Button, Choices, Field } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';

const DAY_MS = 86_400_000;
type What = 'orders' | 'attempts';

interface ExportDialogProps {
  readonly mchid: string;
  readonly filter: OrderFilter;
  readonly onClose: () => void;
}

/** A period as CSV, page after page, exactly as the API exports it. */
export function ExportDialog({ mchid, filter, onClose }: ExportDialogProps) {
  const { api, t } = useConsole();
  const [what, setWhat] = useState<What>('orders');
  const [from, setFrom] = useState(day(Date.now() - 30 * DAY_MS));
  const [to, setTo] = useState(day(Date.now()));
  const [rows, setRows] = useState<number | undefined>();
  const [failure, setFailure] = useState<Failure | undefined>();
  const leaving = useRef(new AbortController());
  const run = async () => {
    setFailure(undefined);
    setRows(0);
    let text = '';
    let cursor: string | undefined;
    const { status, sub_mchid } = filter;
    do {
      let next: string | null = null;
      const query = {
        from: instantOf(`${from}T00:00`) ?? '',
        // The last day is meant whole; the API does not include `to`.
        to: new Date(Date.parse(instantOf(`${to}T00:00`) ?? '') + DAY_MS).toISOString(),
        ...(sub_mchid === undefined ? {} : { sub_mchid }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const narrowed = { ...query, ...(status === undefined ? {} : { status: status as OrderStatus }) };
      const path = { mchid };
      const page = await call<string>(async (signal) => {
        const asText = { parseAs: 'text', signal } as const;
        const answered =
          what === 'orders'
            ? await api.GET('/v1/merchants/{mchid}/export/orders', {
                params: { path, query: narrowed },
                ...asText,
              })
            : await api.GET('/v1/merchants/{mchid}/export/attempts', { params: { path, query }, ...asText });
        next = answered.response.headers.get('x-next-cursor');
        return answered;
      }, leaving.current.signal);
      if (!page.ok) {
        setRows(undefined);
        if (page.failure.kind !== 'left') setFailure(page.failure);
        return;
      }
      text += page.value;
      setRows(Math.max(0, text.split('\r\n').length - 2));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    download(`${what}-${mchid}-${from}-${to}.csv`, text);
    onClose();
  };
  const valid = /^\d{4}-\d\d-\d\d$/.test(from) && /^\d{4}-\d\d-\d\d$/.test(to) && from <= to;
  return (
    <Dialog
      title={t.orders.exportPeriod}
      onClose={() => {
        leaving.current.abort();
        onClose();
      }}
      foot={
        <Button kind="primary" disabled={!valid} busy={rows !== undefined} onClick={() => void run()}>
          {t.orders.exportNow}
        </Button>
      }
    >
      <p>{t.orders.exportText}</p>
      <Choices
        label={t.orders.exportWhat}
        value={what}
        onChange={setWhat}
        choices={[
          { value: 'orders', label: t.orders.exportOrders },
          { value: 'attempts', label: t.orders.exportAttempts },
        ]}
      />
      <div class="two">
        <Field id="from" label={t.orders.from}>
          {(described) => (
            <input
              {...described}
              type="date"
              value={from}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field id="to" label={t.orders.to}>
          {(described) => (
            <input
              {...described}
              type="date"
              value={to}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      {rows !== undefined && <p role="status">{t.orders.exportRows(rows)}</p>}
      {failure !== undefined && <Failed failure={failure} what={t.orders.exportFailed} />}
    </Dialog>
  );
}
