import { CircleHelp, CirclePause, CirclePlay, Clock } from 'lucide-preact';
import type { Decision, ShownOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { addressOf } from '../../app/routes';
import { Facts, Panel, When } from '../../ui/basic';
import { useReason } from '../states';

const ICONS = { collect: CirclePlay, query: CircleHelp, wait: Clock, stop: CirclePause } as const;

/** What the schedule does next, by which rule, and when. */
export function NextDecision({ order }: { order: ShownOrder }) {
  const { t, codes } = useConsole();
  const { next, due_at } = order;
  const { mchid, sub_mchid, service_id } = order.order;
  return (
    <Panel title={t.order.next}>
      <DecisionShown decision={next} />
      <Facts
        rows={[
          { name: t.order.rule, value: <code>{next.action === 'collect' ? next.rule : next.because}</code> },
          {
            name: t.order.policy,
            value: (
              <a href={addressOf({ page: 'policies', mchid, sub_mchid, service_id })}>
                <code>{order.policy}</code>
              </a>
            ),
          },
          { name: t.merchants.switch, value: codes.mode[order.switch].name },
          due_at !== null && { name: t.order.due, value: <When at={due_at} zone /> },
          'asks_again_at' in next &&
            next.asks_again_at !== undefined && {
              name: t.order.asksAgain,
              value: <When at={next.asks_again_at} zone />,
            },
        ]}
      />
    </Panel>
  );
}

export function DecisionShown({ decision }: { decision: Decision }) {
  const { t } = useConsole();
  const reason = useReason();
  const Icon = ICONS[decision.action];
  return (
    <div class={`decision ${decision.action}`}>
      <Icon size={20} aria-hidden="true" />
      <div>
        <p class="decision-name">
          {t.decision[decision.action]}
          {decision.action === 'wait' && (
            <>
              {' '}
              <When at={decision.until} zone />
            </>
          )}
        </p>
        <p>{reason(decision)}</p>
      </div>
    </div>
  );
}
