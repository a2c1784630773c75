import type { ComponentChildren } from 'preact';
import {
  Archive,
  BadgeCheck,
  Bell,
  CircleCheck,
  Eye,
  Hand,
  PauseCircle,
  PlayCircle,
  ReceiptText,
  RotateCcw,
  Send,
  type LucideIcon,
} from 'lucide-preact';
import type { Actor, EntryOf, Operation, ShownOrder, TimelineEntry } from '../../api/types';
import { useConsole } from '../../app/console';
import { yuan } from '../../lib/money';
import { Amount, When } from '../../ui/basic';
import { OutcomeChip, StandingChip } from '../states';
import { Answer } from './answer';

/** The whole story, newest first, down to the registration. */
export function Timeline({ order }: { order: ShownOrder }) {
  const { t, codes } = useConsole();
  const entries = order.timeline.toReversed();
  return (
    <ol class="timeline">
      {entries.map((entry, at) => (
        <Entry key={`${order.timeline.length - at}`} entry={entry} />
      ))}
      <Item at={order.registered_at} icon={ReceiptText} title={t.timeline.registered}>
        <p class="faint small">
          {t.order.completed} <When at={order.completed.at} /> · {codes.completedFrom[order.completed.from]}
        </p>
      </Item>
    </ol>
  );
}

function Item(props: {
  at: string;
  icon: LucideIcon;
  title: ComponentChildren;
  tone?: string;
  children?: ComponentChildren;
}) {
  const { at, icon: Shape, title, tone = '', children } = props;
  return (
    <li class={tone}>
      <span class="dot">
        <Shape size={14} aria-hidden="true" />
      </span>
      <div class="entry">
        <div class="entry-head">
          <span class="entry-title">{title}</span>
          <When at={at} seconds zone />
        </div>
        {children}
      </div>
    </li>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t, codes } = useConsole();
  switch (entry.kind) {
    case 'attempt':
      return (
        <Item
          at={entry.at}
          icon={Send}
          title={
            <>
              {t.timeline.attempt} <OutcomeChip kind={entry.outcome} />
            </>
          }
          tone={entry.outcome}
        >
          {entry.count > 1 && <p class="faint small">{t.timeline.inARow(entry.count)}</p>}
          <Answer entry={entry} />
          <By actor={entry.actor} why={codes.collect[entry.decided.rule]} />
          {entry.decided.reason !== undefined && <Said reason={entry.decided.reason} />}
        </Item>
      );
    case 'operation':
      return (
        <Item
          at={entry.at}
          icon={Hand}
          title={
            <>
              {codes.operation[entry.operation.kind]} <OutcomeChip kind={entry.outcome} />
            </>
          }
        >
          <OperationSaid operation={entry.operation} />
          <Answer entry={entry} />
          <Said reason={entry.reason} />
          <By actor={entry.actor} />
        </Item>
      );
    case 'closed':
      return (
        <Item
          at={entry.at}
          icon={CircleCheck}
          title={t.timeline.closed(codes.closed[entry.as])}
          tone={entry.as}
        />
      );
    case 'observed':
      return (
        <Item
          at={entry.at}
          icon={entry.by === 'notification' ? Bell : BadgeCheck}
          title={
            <>
              {entry.by === 'notification' ? t.timeline.notified : t.timeline.observed}{' '}
              <StandingChip kind={entry.standing} />
            </>
          }
          tone={entry.standing}
        >
          <p class="faint small">{codes.standing[entry.standing].meaning}</p>
        </Item>
      );
    case 'would_collect':
      return (
        <Item at={entry.at} icon={Eye} title={t.timeline.wouldCollect}>
          <p class="faint small">
            {codes.collect[entry.decided.rule]}
            {entry.count > 1 && ` · ${t.timeline.inARow(entry.count)}`}
          </p>
        </Item>
      );
    case 'held':
      return (
        <Item at={entry.at} icon={PauseCircle} title={t.timeline.held}>
          <p class="small">
            {entry.hold.until === null ? (
              t.order.untilReleased
            ) : (
              <>
                {t.actions.until} <When at={entry.hold.until} zone />
              </>
            )}
          </p>
          <Said reason={entry.hold.reason} />
          <By actor={entry.hold.actor} />
        </Item>
      );
    case 'released':
      return (
        <Item at={entry.at} icon={PlayCircle} title={t.timeline.released}>
          <Named entry={entry} />
          <Said reason={entry.reason} />
          <By actor={entry.actor} />
        </Item>
      );
    case 'intended':
      return (
        <Item at={entry.at} icon={Hand} title={t.timeline.intended(codes.operation[entry.operation.kind])}>
          <OperationSaid operation={entry.operation} />
          <Said reason={entry.reason} />
          <By actor={entry.actor} />
        </Item>
      );
    case 'corrected':
      return (
        <Item at={entry.at} icon={RotateCcw} title={t.timeline.corrected}>
          <Said reason={entry.reason} />
          <By actor={entry.actor} />
        </Item>
      );
    case 'folded':
      return (
        <Item at={entry.at} icon={Archive} title={t.timeline.folded(entry.count)}>
          <p class="faint small">
            <When at={entry.since} /> – <When at={entry.at} />
          </p>
        </Item>
      );
  }
}

/** What a release was about, beside a hold. */
function Named({ entry: { takes_back, refund_amount } }: { entry: EntryOf<'released'> }) {
  const { t, codes } = useConsole();
  if (takes_back !== undefined)
    return <p class="small">{t.timeline.takenBack(codes.operation[takes_back])}</p>;
  return refund_amount === undefined ? null : <p class="small">{t.timeline.refunded(yuan(refund_amount))}</p>;
}

function Said({ reason }: { reason: string }) {
  return <blockquote>{reason}</blockquote>;
}

/** Who did it: a person by name, the schedule as such, a machine by its id. */
function By({ actor, why }: { actor: Actor | string; why?: string }) {
  const { t } = useConsole();
  const named = typeof actor === 'string' ? actor : (actor.name ?? actor.id);
  const scheduled = typeof actor !== 'string' && actor.kind === 'schedule';
  return (
    <p class="faint small by">
      {scheduled ? t.timeline.bySchedule : t.timeline.by(named)}
      {why !== undefined && ` · ${why}`}
    </p>
  );
}

function OperationSaid({ operation }: { operation: Operation }) {
  const { t } = useConsole();
  switch (operation.kind) {
    case 'sync':
      return (
        <p class="small">
          {t.actions.paidAt} <When at={operation.paid_at} zone />
        </p>
      );
    case 'cancel':
      return <p class="small">{t.timeline.userIsShown(operation.user_reason)}</p>;
    case 'modify':
      return (
        <p class="small">
          <Amount fen={operation.total_amount} />
          {' · '}
          {t.timeline.userIsShown(operation.user_reason)}
        </p>
      );
  }
}
