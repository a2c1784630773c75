import { useState } from 'preact/hooks';
import type { ShownOrder } from '../../api/types';
import { useConsole } from '../../app/console';
import { useAction } from '../../app/use-action';
import type { Action } from '../../lib/allowed';
import { namesAtFirst, TAKES_BACK, type Names } from '../../lib/allowed';
import { fenOf, yuan } from '../../lib/money';
import { inputOf, instantOf } from '../../lib/time';
import { Button, Field } from '../../ui/basic';
import { Dialog } from '../../ui/dialog';
import { Failed } from '../../ui/failure';
import { ReasonField, TimeField, UntilField, UserReasonField } from '../../ui/fields';
import { CollectDialog } from './collect-dialog';
import { ResultShown } from './result-shown';
import { sendAction, type Given, type Sent } from './send-action';

interface ActionDialogProps {
  readonly action: Action;
  readonly order: ShownOrder;
  readonly onClose: (changed: boolean) => void;
}

export function ActionDialog(props: ActionDialogProps) {
  return props.action === 'collect' ? (
    <CollectDialog {...props} />
  ) : (
    <ByHandDialog {...props} action={props.action} />
  );
}

/** One confirmation, which says what happens at WeChat Pay; then what came of it, or the refusal as it is. */
function ByHandDialog({
  action,
  order,
  onClose,
}: ActionDialogProps & { action: Exclude<Action, 'collect'> }) {
  const { api, t } = useConsole();
  const { acting, act } = useAction<Sent>();
  const [given, setGiven] = useState<Given>({
    reason: '',
    until: '',
    paidAt: inputOf(Date.now()),
    amount: '',
    userReason: '',
    names: namesAtFirst(order),
  });
  const change = (part: Partial<Given>) => setGiven((before) => ({ ...before, ...part }));
  const words = t.actions[action];
  const total = order.standing?.wechatpay.total_amount;
  const over = acting.kind === 'done' || acting.kind === 'failed';
  return (
    <Dialog
      title={words.title(order.order.out_order_no)}
      busy={acting.kind === 'busy'}
      onClose={() => onClose(over)}
      foot={
        acting.kind === 'done' ? (
          <Button kind="primary" onClick={() => onClose(true)}>
            {t.common.close}
          </Button>
        ) : (
          <>
            <Button disabled={acting.kind === 'busy'} onClick={() => onClose(over)}>
              {t.common.cancel}
            </Button>
            <Button
              kind={action === 'waive' || action === 'settle' || action === 'reduce' ? 'danger' : 'primary'}
              busy={acting.kind === 'busy'}
              disabled={!isComplete(action, given)}
              onClick={() => void act(async () => sendAction(api, action, order, given))}
            >
              {words.confirm}
            </Button>
          </>
        )
      }
    >
      {acting.kind === 'done' ? (
        <ResultShown sent={acting.value} />
      ) : (
        <>
          <p class="says">{words.says}</p>
          {action === 'release' && (
            <NamesField order={order} names={given.names} onChange={(names) => change({ names })} />
          )}
          {action === 'settle' && (
            <TimeField
              id="paid-at"
              label={t.actions.paidAt}
              value={given.paidAt}
              onChange={(paidAt) => change({ paidAt })}
            />
          )}
          {action === 'reduce' && (
            <AmountField total={total} value={given.amount} onChange={(amount) => change({ amount })} />
          )}
          {action === 'hold' && <UntilField value={given.until} onChange={(until) => change({ until })} />}
          {action !== 'query' && (
            <ReasonField value={given.reason} onChange={(reason) => change({ reason })} />
          )}
          {(action === 'waive' || action === 'reduce') && (
            <UserReasonField value={given.userReason} onChange={(userReason) => change({ userReason })} />
          )}
          {acting.kind === 'failed' && <Failed failure={acting.failure} what={t.actions.refused} />}
        </>
      )}
    </Dialog>
  );
}

/** What the release is about: ticking one unticks the other, for a release names one of them. */
function NamesField(props: { order: ShownOrder; names: Names; onChange: (names: Names) => void }) {
  const { order, names, onChange } = props;
  const { t } = useConsole();
  const { decision, refund_due } = order;
  const lines: readonly (readonly [Names, string])[] = [
    ...(refund_due === null ? [] : [['refund', t.actions.refunded(yuan(refund_due.amount))] as const]),
    ...(decision === null
      ? []
      : [['decision', t.actions.takesBack(t.actions[TAKES_BACK[decision.operation.kind]].name)] as const]),
  ];
  return lines.map(([name, label]) => (
    <label key={name} class="check">
      <input
        type="checkbox"
        checked={names === name}
        onChange={(event) => onChange(event.currentTarget.checked ? name : 'nothing')}
      />
      {label}
    </label>
  ));
}

function isComplete(action: Action, { reason, paidAt, amount }: Given): boolean {
  if (action === 'query') return true;
  if (reason.trim() === '') return false;
  if (action === 'settle') return instantOf(paidAt) !== undefined;
  return action !== 'reduce' || fenOf(amount) !== undefined;
}

function AmountField(props: { total: number | undefined; value: string; onChange: (value: string) => void }) {
  const { total, value, onChange } = props;
  const { t } = useConsole();
  const fen = fenOf(value);
  const wrong = value !== '' && fen === undefined;
  return (
    <Field
      id="amount"
      label={t.actions.newAmount}
      hint={total === undefined ? t.actions.newAmountHint : t.actions.lowerThan(yuan(total))}
      error={wrong ? t.actions.noAmount : undefined}
    >
      {(described) => (
        <input
          {...described}
          inputMode="decimal"
          autocomplete="off"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
