import { useConsole } from '../../app/console';
import { OutcomeChip, StandingChip } from '../states';
import { Copy, Facts, When } from '../../ui/basic';
import { DecisionShown } from './next-decision';
import type { Sent } from './send-action';

/** What came of an action, in the words of its answer: nothing here says more than was verified. */
export function ResultShown({ sent }: { sent: Sent }) {
  const { t, codes } = useConsole();
  const { attempt, operation, wechatpay, standing, next, recorded } = sent;
  const made = attempt ?? operation;
  return (
    <div class="result" role="status">
      {made !== undefined && (
        <>
          <p>
            <OutcomeChip kind={made.outcome} /> {codes.outcome[made.outcome].meaning}
          </p>
          {made.open && <p class="says">{t.actions.stillOpen}</p>}
          {recorded === false && <p class="bad-text">{t.actions.notRecorded}</p>}
        </>
      )}
      <Facts
        rows={[
          standing !== null && {
            name: t.order.standing,
            value: (
              <>
                <StandingChip kind={standing.kind} /> <When at={standing.as_of} zone />
              </>
            ),
          },
          wechatpay?.request_id !== undefined && {
            name: 'Request-ID',
            value: <Copy text={wechatpay.request_id} label="Request-ID" />,
          },
        ]}
      />
      <h3>{t.order.next}</h3>
      <DecisionShown decision={next} />
    </div>
  );
}
