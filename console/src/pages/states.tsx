import { useConsole } from '../app/console';
import type { Decision, OrderStatus, OutcomeKind, StandingKind } from '../api/types';
import { Chip, type Tone } from '../ui/basic';

const STATUS_TONES: Readonly<Record<OrderStatus, Tone>> = {
  active: 'info',
  watched: 'warn',
  refund_due: 'bad',
  paid: 'good',
  settled: 'good',
  cancelled: 'calm',
  expired: 'calm',
};

export function StatusChip({ status }: { status: OrderStatus }) {
  const { codes } = useConsole();
  const { name, meaning } = codes.status[status];
  return (
    <Chip tone={STATUS_TONES[status]} title={meaning}>
      {name}
    </Chip>
  );
}

const STANDING_TONES: Readonly<Record<StandingKind, Tone>> = {
  pending: 'warn',
  paid: 'good',
  settled: 'good',
  cancelled: 'calm',
  expired: 'calm',
  not_completed: 'calm',
  unrecognised: 'bad',
};

export function StandingChip({ kind }: { kind: StandingKind }) {
  const { codes } = useConsole();
  const { name, meaning } = codes.standing[kind];
  return (
    <Chip tone={STANDING_TONES[kind]} title={meaning}>
      {name}
    </Chip>
  );
}

const OUTCOME_TONES: Readonly<Record<OutcomeKind, Tone>> = {
  accepted: 'info',
  in_progress: 'info',
  busy: 'info',
  unknown: 'warn',
  declined: 'bad',
  throttled: 'warn',
  contradicted: 'warn',
  refused: 'bad',
  misconfigured: 'bad',
  not_sent: 'calm',
};

export function OutcomeChip({ kind }: { kind: OutcomeKind }) {
  const { codes } = useConsole();
  const { name, meaning } = codes.outcome[kind];
  return (
    <Chip tone={OUTCOME_TONES[kind]} title={meaning}>
      {name}
    </Chip>
  );
}

/** Why it is decided so, in plain words. */
export function useReason(): (decision: Decision) => string {
  const { codes, t } = useConsole();
  return (decision) => {
    switch (decision.action) {
      case 'collect':
        return t.decision.collectBecause(codes.collect[decision.rule]);
      case 'query':
        return codes.query[decision.because];
      case 'wait':
        return codes.wait[decision.because];
      case 'stop':
        return codes.stop[decision.because];
    }
  };
}
