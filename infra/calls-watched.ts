import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { sumOf, type Watch } from './watch';

const UNDER = 'Calls to WeChat Pay';
/** Held for an hour: what rings is told of at each question, and questions are an hour apart in the end. */
const HELD_AN_HOUR = { periodMinutes: 5, periods: 12, breaching: 1, missing: 'fine' } as const;

/** What the functions that call WeChat Pay say of their calls. */
export function watchCalls(watch: Watch): void {
  watch.alarm({
    ...HELD_AN_HOUR,
    under: 'Orders',
    graph: 'Open attempts: age of the oldest, in seconds',
    name: 'OpenAttemptTooOld',
    says: 'WeChat Pay was asked about an attempt that is open for more than 30 minutes, and it is still not known what came of it.',
    section: 'open-attempt-too-old',
    metric: watch.figure('OpenAttemptSeconds', 'Maximum'),
    threshold: 30 * 60,
  });
  watch.alarm({
    under: UNDER,
    graph: 'Unknown outcomes, % of collections',
    name: 'OutcomesUnknown',
    says: 'Of five or more calls in 15 minutes it is not known what they did, and they are 2 % of all or more.',
    section: 'outcomes-unknown',
    metric: new MathExpression({
      // Both are told with every call. Of fewer than five no share says anything; old ones are alarmed of by age.
      expression: 'IF(unknown >= 5, 100 * unknown / calls, 0)',
      usingMetrics: {
        unknown: watch.figure('CallsUnknown', 'Sum'),
        calls: watch.figure('Calls', 'Sum'),
      },
      label: 'unknown, %',
    }),
    threshold: 2,
    periodMinutes: 15,
    missing: 'fine',
  });
  watch.alarm({
    under: UNDER,
    graph: 'Signatures of answers',
    name: 'SignaturesRefused',
    says: 'Answers came whose signature does not hold, and which are not probes (SIGNTEST) of WeChat Pay.',
    section: 'signatures-refused',
    metric: watch.figure('SignaturesRefused', 'Sum'),
    threshold: 1,
    periodMinutes: 5,
    missing: 'fine',
  });
  watch.show(
    { under: UNDER, graph: 'Signatures of answers' },
    watch.figure('SignatureProbes', 'Sum', { of: 'answer' }),
  );
  watchStops(watch);
  watch.alarm({
    under: UNDER,
    graph: 'Our clock and WeChat Pay’s: difference in ms',
    name: 'ClockSkewed',
    says: 'Our clock and that of WeChat Pay are more than 60 s apart; at 300 s no call succeeds.',
    section: 'clock-skewed',
    metric: watch.figure('ClockSkew', 'Maximum'),
    threshold: 60_000,
    periodMinutes: 5,
    missing: 'fine',
  });
  watch.alarm({
    under: 'Failures',
    graph: 'Outcomes not recorded',
    name: 'OutcomesNotRecorded',
    says: 'The ledger could not be told what came of calls: the attempts stay open, and are asked about.',
    section: 'outcomes-not-recorded',
    metric: watch.figure('OutcomesNotRecorded', 'Sum'),
    threshold: 1,
    periodMinutes: 5,
    missing: 'fine',
  });
}

/** Collecting that stopped by itself, or is slowed down by WeChat Pay. */
function watchStops(watch: Watch): void {
  const stopped = {
    ...HELD_AN_HOUR,
    under: UNDER,
    graph: 'Breakers: tripped, or open after a trial',
    threshold: 1,
  } as const;
  watch.alarm({
    ...stopped,
    name: 'MerchantStopped',
    says: 'WeChat Pay refuses a merchant’s keys, or they cannot be had: nothing is collected for that merchant.',
    section: 'merchant-stopped',
    metric: watch.figure('CollectingStopped', 'Sum', { scope: 'merchant' }),
  });
  watch.alarm({
    ...stopped,
    name: 'PairStopped',
    says: 'WeChat Pay refuses collections for a sub-merchant and service: nothing is collected for that pair.',
    section: 'pair-stopped',
    metric: watch.figure('CollectingStopped', 'Sum', { scope: 'pair' }),
  });
  watch.alarm({
    under: UNDER,
    graph: 'Throttled by WeChat Pay',
    name: 'ThrottledByWechatPay',
    says: 'WeChat Pay answered 20 or more calls in 15 minutes with: too fast.',
    section: 'throttled-by-wechat-pay',
    metric: sumOf('throttled', {
      collections: watch.figure('Collects', 'Sum', { outcome: 'throttled' }),
      queries: watch.figure('QueriesWithoutAnswer', 'Sum', { because: 'throttled' }),
    }),
    threshold: 20,
    periodMinutes: 15,
    missing: 'fine',
  });
}

/** What `notify` says of what it is sent. */
export function watchNotifications(watch: Watch): void {
  const graph = 'Notifications';
  watch.alarm({
    under: 'Orders',
    graph,
    name: 'NotificationsNotTaken',
    says: 'Three or more notifications in 15 minutes were not taken because of something here; WeChat Pay sends them again.',
    section: 'notifications-not-taken',
    metric: watch.figure('NotificationsNotTaken', 'Sum'),
    threshold: 3,
    periodMinutes: 15,
    missing: 'fine',
  });
  for (const came_to of ['applied', 'unverified'])
    watch.show({ under: 'Orders', graph }, watch.figure('Notifications', 'Sum', { came_to }));
}
