import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client';
import type { Result } from '../../api/result';
import type { Decision, ShownOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { useAction } from '../../app/use-action';
import { yuan } from '../../lib/money';
import { Button, Field } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';
import { Lines } from '../../ui/load';
import { DecisionShown } from './next-decision';
import { ResultShown } from './result-shown';
import type { Sent } from './send-action';

interface Collected extends Sent {
  readonly dry_run?: true;
  readonly would_collect?: boolean;
  readonly held_back?: Decision;
}

/** What the user's consent lifts; nothing else is. */
const LIFTED: readonly string[] = ['window', 'first_attempt'];

/** Says first what would be done, without doing it; then asks once, and does it. */
export function CollectDialog({
  order,
  onClose,
}: {
  order: ShownOrder;
  onClose: (changed: boolean) => void;
}) {
  const { api, t } = useConsole();
  const dry = useAction<Collected>();
  const real = useAction<Collected>();
  const [consents, setConsents] = useState(false);
  const [reason, setReason] = useState('');
  const { mchid, sub_mchid, out_order_no, service_id } = order.order;
  const send = async (dry_run: boolean): Promise<Result<Collected>> =>
    call<Collected>(async (signal) =>
      api.POST('/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect', {
        params: { path: { mchid, sub_mchid, out_order_no } },
        body: {
          service_id,
          ...(dry_run ? { dry_run } : {}),
          ...(consents && reason.trim() !== '' ? { user_consent: { reason: reason.trim() } } : {}),
        },
        signal,
      }),
    );
  const tryIt = async () => dry.act(async () => send(true));
  useEffect(() => {
    void tryIt();
  }, []);
  const tried = dry.acting.kind === 'done' ? dry.acting.value : undefined;
  const amount = tried?.standing?.paying_amount ?? order.standing?.paying_amount;
  const busy = real.acting.kind === 'busy';
  const over = real.acting.kind === 'done' || real.acting.kind === 'failed';
  const heldBack = tried?.held_back;
  const liftable = heldBack !== undefined && heldBack.action === 'wait' && LIFTED.includes(heldBack.because);
  return (
    <Dialog
      title={t.actions.collect.title(out_order_no)}
      busy={busy}
      onClose={() => onClose(over)}
      foot={
        real.acting.kind === 'done' ? (
          <Button kind="primary" onClick={() => onClose(true)}>
            {t.common.close}
          </Button>
        ) : (
          <>
            <Button disabled={busy} onClick={() => onClose(over)}>
              {t.common.cancel}
            </Button>
            {tried?.would_collect === true ? (
              <Button kind="primary" busy={busy} onClick={() => void real.act(async () => send(false))}>
                {amount === undefined ? t.actions.collect.confirm : t.actions.collectAmount(yuan(amount))}
              </Button>
            ) : (
              <Button
                kind="primary"
                busy={dry.acting.kind === 'busy'}
                disabled={consents && reason.trim() === ''}
                onClick={() => void tryIt()}
              >
                {t.actions.tryAgain}
              </Button>
            )}
          </>
        )
      }
    >
      {real.acting.kind === 'done' ? (
        <ResultShown sent={real.acting.value} />
      ) : (
        <>
          {dry.acting.kind === 'busy' && <Lines count={3} />}
          {dry.acting.kind === 'failed' && (
            <Failed failure={dry.acting.failure} what={t.actions.dryRunFailed} />
          )}
          {tried?.would_collect === true && (
            <>
              <p class="ok-text">{t.actions.wouldCollect}</p>
              <p class="says">{t.actions.collect.says}</p>
            </>
          )}
          {heldBack !== undefined && (
            <>
              <p class="says">{t.actions.wouldNotCollect}</p>
              <DecisionShown decision={heldBack} />
            </>
          )}
          {(liftable || consents) && (
            <fieldset class="consent">
              <label class="check">
                <input
                  type="checkbox"
                  checked={consents}
                  onChange={(event) => {
                    setConsents(event.currentTarget.checked);
                    dry.reset();
                  }}
                />
                {t.actions.consent}
              </label>
              {consents && (
                <Field id="consent" label={t.actions.consentReason} hint={t.actions.consentHint}>
                  {(described) => (
                    <textarea
                      {...described}
                      rows={2}
                      maxLength={300}
                      value={reason}
                      onInput={(event) => {
                        setReason(event.currentTarget.value);
                        dry.reset();
                      }}
                    />
                  )}
                </Field>
              )}
            </fieldset>
          )}
          {real.acting.kind === 'failed' && <Failed failure={real.acting.failure} what={t.actions.refused} />}
        </>
      )}
    </Dialog>
  );
}
