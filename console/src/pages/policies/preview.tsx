import type { PolicyChanged } from '../../api/types';
import { useConsole } from '../../app/console';
import type { Acting } from '../../app/use-action';
import { addressOf } from '../../app/routes';
import { Empty, When } from '../../ui/basic';
import { Failed } from '../../ui/failure';
import { Lines } from '../../ui/load';
import { DecisionShown } from '../order/next-decision';

/** What a change would do to orders that wait now: how many it touches, and of some when they would be attempted. */
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
  const { preview, touches } = acting.value;
  return (
    <>
      {touches !== undefined && (
        <p>
          <strong>{t.policies.touches(touches.orders)}</strong> {touches.at_least && t.policies.atLeast}
        </p>
      )}
      {preview.length === 0 && <Empty title={t.policies.touchesNone} />}
      <ul class="preview">
        {preview.map(({ order, ...sample }) => (
          <li key={`${order.sub_mchid}/${order.out_order_no}`}>
            <h3 class="mono">
              <a href={addressOf({ page: 'order', ...order })}>{order.out_order_no}</a>
            </h3>
            <div class="two">
              <div>
                <h4>{t.policies.before}</h4>
                <DecisionShown decision={sample.before} />
                <Times times={sample.attempts_before} others={sample.attempts_after} />
              </div>
              <div>
                <h4>{t.policies.after}</h4>
                <DecisionShown decision={sample.after} />
                <Times times={sample.attempts_after} others={sample.attempts_before} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The next attempts; those that the other side does not have are marked, and not by colour alone. */
function Times({ times, others }: { times: readonly string[]; others: readonly string[] }) {
  const { t } = useConsole();
  if (times.length === 0) return <p class="faint">{t.policies.noTimes}</p>;
  return (
    <ol class="times">
      {times.map((at, index) => (
        <li key={at} class={others.includes(at) ? '' : 'differs'}>
          <span class="faint num">{index + 1}.</span> <When at={at} zone />
          {!others.includes(at) && <span class="sr-only"> {t.policies.differs}</span>}
        </li>
      ))}
    </ol>
  );
}
