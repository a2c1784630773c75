import { useState } from 'preact/hooks';
import { ArrowLeft, MessageCircle } from 'lucide-preact';
import { call } from '../../api/client';
import type { OrderKey, ShownOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { allowedActions, type Action } from '../../lib/allowed';
import { tellOf } from '../../lib/tell';
import { Amount, Button, Chip, Copy, Facts, Panel, When } from '../../ui/basic';
import { Lines, Load, Reload } from '../../ui/load';
import { Page } from '../../ui/page';
import { useLoad } from '../../ui/use-load';
import { OutcomeChip, StandingChip, StatusChip } from '../states';
import { ActionDialog } from './action-dialog';
import { NextDecision } from './next-decision';
import { Timeline } from './timeline';

export function OrderPage({ mchid, sub_mchid, out_order_no }: OrderKey) {
  const { api, t } = useConsole();
  const path = { mchid, sub_mchid, out_order_no };
  const loading = useLoad<ShownOrder>(`order ${mchid}/${sub_mchid}/${out_order_no}`, async (leaving) =>
    call(
      async (signal) =>
        api.GET('/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}', { params: { path }, signal }),
      leaving,
    ),
  );
  return (
    <Page
      title={out_order_no}
      lead={
        <a class="back" href={addressOf({ page: 'orders', mchid, filter: {} })}>
          <ArrowLeft size={14} aria-hidden="true" /> {t.orders.title}
        </a>
      }
      actions={<Reload loading={loading} />}
    >
      <Load loading={loading} what={out_order_no} skeleton={<Lines count={12} />}>
        {(order) => <Shown order={order} onChanged={loading.reload} />}
      </Load>
    </Page>
  );
}

function Shown({ order, onChanged }: { order: ShownOrder; onChanged: () => void }) {
  const { t, codes } = useConsole();
  return (
    <div class="order">
      <div class="main-column">
        <section class="tell">
          <MessageCircle size={18} aria-hidden="true" />
          <div>
            <h2>{t.order.tell}</h2>
            <p>{tellOf(order, t, codes)}</p>
          </div>
        </section>
        <NextDecision order={order} />
        <Panel title={t.order.timeline} note={t.order.timelineNote}>
          <Timeline order={order} />
        </Panel>
      </div>
      <div class="side-column">
        <Actions order={order} onChanged={onChanged} />
        <Known order={order} />
      </div>
    </div>
  );
}

function Actions({ order, onChanged }: { order: ShownOrder; onChanged: () => void }) {
  const { t, mayChange } = useConsole();
  // The order as it stood then: nothing changes under the hand that confirms.
  const [open, setOpen] = useState<{ readonly action: Action; readonly order: ShownOrder } | undefined>();
  if (!mayChange)
    return (
      <Panel title={t.order.actions}>
        <p class="faint">{t.order.viewerOnly}</p>
      </Panel>
    );
  return (
    <Panel title={t.order.actions}>
      <div class="action-list">
        {allowedActions(order).map((action) => (
          <Button
            key={action}
            kind={action === 'collect' ? 'primary' : 'plain'}
            onClick={() => setOpen({ action, order })}
          >
            {t.actions[action].name}
          </Button>
        ))}
      </div>
      {open !== undefined && (
        <ActionDialog
          {...open}
          onClose={(changed) => {
            setOpen(undefined);
            if (changed) onChanged();
          }}
        />
      )}
    </Panel>
  );
}

function Known({ order }: { order: ShownOrder }) {
  const { t, codes } = useConsole();
  const { standing, completed, hold, decision, refund_due, open_attempt, open_operation } = order;
  const total = standing?.wechatpay.total_amount;
  return (
    <Panel title={t.order.known}>
      <Facts
        rows={[
          { name: t.orders.status, value: <StatusChip status={order.order_status} /> },
          {
            name: t.order.standing,
            value:
              standing === null ? (
                <span class="faint">{t.order.nothingVerified}</span>
              ) : (
                <>
                  <StandingChip kind={standing.kind} />
                  <p class="faint small">
                    {t.order.verified} <When at={standing.as_of} zone />
                  </p>
                </>
              ),
          },
          { name: t.orders.total, value: <Amount fen={total} /> },
          { name: t.orders.paid, value: <Amount fen={standing?.paid_amount} /> },
          refund_due !== null && {
            name: codes.status.refund_due.name,
            value: (
              <>
                <strong class="bad-text">
                  <Amount fen={refund_due.amount} />
                </strong>
                <p class="small">{codes.refund[refund_due.because]}</p>
              </>
            ),
          },
          standing?.transaction_id !== undefined && {
            name: t.order.transaction,
            value: <Copy text={standing.transaction_id} label={t.order.transaction} />,
          },
          {
            name: t.common.orderNo,
            value: <Copy text={order.order.out_order_no} label={t.common.orderNo} />,
          },
          {
            name: t.common.subMerchant,
            value: <Copy text={order.order.sub_mchid} label={t.common.subMerchant} />,
          },
          { name: t.common.service, value: <Copy text={order.order.service_id} label={t.common.service} /> },
          {
            name: t.order.completed,
            value: (
              <>
                <When at={completed.at} zone />
                <p class="faint small">{codes.completedFrom[completed.from]}</p>
              </>
            ),
          },
          { name: t.timeline.registered, value: <When at={order.registered_at} zone /> },
          { name: t.order.attempts, value: <span class="num">{order.attempts.length}</span> },
          { name: t.order.exhausting, value: <When at={order.exhausting_at} zone /> },
          open_attempt !== null && {
            name: t.order.openAttempt,
            value:
              open_attempt.outcome === null ? (
                <Chip tone="warn">{t.order.noReport}</Chip>
              ) : (
                <OutcomeChip kind={open_attempt.outcome} />
              ),
          },
          open_operation !== null && {
            name: t.order.openOperation,
            value: codes.operation[open_operation.operation.kind],
          },
          hold !== null && {
            name: t.order.hold,
            value: (
              <>
                {hold.until === null ? t.order.untilReleased : <When at={hold.until} zone />}
                <p class="small">{hold.reason}</p>
                <p class="faint small">{hold.actor}</p>
              </>
            ),
          },
          decision !== null && {
            name: t.order.decision,
            value: (
              <>
                {codes.operation[decision.operation.kind]}
                <p class="small">{decision.reason}</p>
                <p class="faint small">{decision.actor}</p>
              </>
            ),
          },
        ]}
      />
    </Panel>
  );
}
