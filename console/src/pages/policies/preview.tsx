import type { PolicyChanged } from '../../api/types';
import { useConsole } from '../../app/console';
import type { Acting } from '../../app/use-action';
import { Empty } from '../../ui/basic';
import { Failed } from '../../ui/failure';
import { Lines } from '../../ui/load';
import { DecisionShown } from '../order/next-decision';

/** What a change would do to orders that wait now. */
export function Preview({ acting }: { acting: Acting<PolicyChanged> }) {
  const { t } = useConsole();
  switch (acting.kind) {
    case 'idle':
    case 'busy':
      return <Lines count={6} />;
    case 'failed':
      return <Failed failure={acting.failure} what={t.policies.previewFailed} />;
    case 'done':
  }
  const { preview } = acting.value;
  if (preview.length === 0) return <Empty title={t.policies.touchesNone} />;
  return (
    <ul class="preview">
      {preview.map(({ order, before, after }) => (
        <li key={`${order.sub_mchid}/${order.out_order_no}`}>
          <h3 class="mono">{order.out_order_no}</h3>
          <div class="two">
            <div>
              <h4>{t.policies.before}</h4>
              <DecisionShown decision={before} />
            </div>
            <div>
              <h4>{t.policies.after}</h4>
              <DecisionShown decision={after} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
