import type { ComponentChildren } from 'preact';
import { AlertTriangle, CircleCheck } from 'lucide-preact';
import type { Overview } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { yuan } from '../../lib/money';
import { Panel, When } from '../../ui/basic';

/** What nobody but a person can go on with. */
export function Needs({ overview }: { overview: Overview }) {
  const { t } = useConsole();
  const { mchid, unknown, needs_a_person: needs } = overview;
  const merchants = addressOf({ page: 'merchants', mchid });
  const lines: { key: string; line: ComponentChildren }[] = [];
  if (needs.stopped_merchant !== null) {
    const { because, tries_again_at } = needs.stopped_merchant;
    lines.push({
      key: 'merchant',
      line: (
        <>
          <a href={merchants}>{t.needs.merchantStopped}</a> <span class="wrap">{because}</span>{' '}
          <span class="faint">
            {t.merchants.triesAgain} <When at={tries_again_at} zone />
          </span>
        </>
      ),
    });
  }
  for (const { sub_mchid, service_id, because } of needs.stopped_pairs)
    lines.push({
      key: `${sub_mchid}/${service_id}`,
      line: (
        <>
          <a href={merchants}>{t.needs.pairStopped(sub_mchid)}</a> <span class="wrap">{because}</span>
        </>
      ),
    });
  if (needs.refund_due.orders > 0)
    lines.push({
      key: 'refund',
      line: (
        <a href={addressOf({ page: 'orders', mchid, filter: { status: 'refund_due' } })}>
          {t.needs.refund(needs.refund_due.orders, yuan(needs.refund_due.amount))}
        </a>
      ),
    });
  if (unknown.older_than_24h > 0)
    lines.push({
      key: 'unknown',
      line: (
        <>
          {t.needs.unknown(unknown.older_than_24h)}{' '}
          {needs.unknown_over_24h.map((order) => (
            <a
              key={`${order.sub_mchid}/${order.out_order_no}`}
              class="mono listed"
              href={addressOf({ page: 'order', ...order })}
            >
              {order.out_order_no}
            </a>
          ))}
        </>
      ),
    });
  for (const { what, serial_no, ends_at, days_left } of needs.keys_ending)
    lines.push({
      key: serial_no,
      line: (
        <>
          <a href={merchants}>
            {days_left < 0
              ? t.merchants.ended(t.merchants.what[what])
              : t.merchants.ends(t.merchants.what[what], days_left)}
          </a>{' '}
          <span class="mono break">{serial_no}</span> · <When at={ends_at} zone />
        </>
      ),
    });
  return (
    <Panel title={t.needs.title} class={lines.length > 0 ? 'needs' : 'needs none'}>
      {lines.length === 0 ? (
        <p class="ok-text">
          <CircleCheck size={16} aria-hidden="true" /> {t.needs.none}
        </p>
      ) : (
        <ul class="warnings">
          {lines.map(({ key, line }) => (
            <li key={key}>
              <AlertTriangle size={16} aria-hidden="true" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
