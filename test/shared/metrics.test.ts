import { Metrics } from '@aws-lambda-powertools/metrics';
import type { FlowEvent } from '../../lambda/core/event';
import type { Mchid, OrderRef } from '../../lambda/core/ids';
import { FlowMetrics } from '../../lambda/shared/metrics';

const MCHID = '1900009191' as Mchid;
const REF = { mchid: MCHID, sub_mchid: '1', out_order_no: 'A', service_id: '2' } as OrderRef;

/** What a run writes, each line with its dimensions and figures. */
function written(events: readonly FlowEvent[]): unknown[] {
  const metrics = new Metrics({ namespace: 'test', serviceName: 'collector' });
  const flow = new FlowMetrics(metrics);
  return lines(metrics, () => {
    for (const event of events) flow.record(event);
    flow.flush();
  });
}

function lines(metrics: Metrics, act: () => void): unknown[] {
  const out: string[] = [];
  (metrics as unknown as { console: Pick<Console, 'log'> }).console = {
    log: (line: string) => out.push(line),
  };
  act();
  return out.map((line) => {
    const { _aws, ...rest } = JSON.parse(line) as {
      _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][] }[] };
    };
    const [directive] = _aws.CloudWatchMetrics;
    return [directive?.Dimensions[0]?.join('+'), rest];
  });
}

const verified = (by: 'public_key' | 'certificate', more: object = {}): FlowEvent => ({
  kind: 'answer_verified',
  mchid: MCHID,
  of: 'answer',
  by,
  skew_ms: 0,
  ...more,
});

test('how far a changeover has come is told for each merchant, of answers and of notifications', () => {
  const events = [
    ...Array.from({ length: 97 }, () => verified('certificate')),
    ...Array.from({ length: 3 }, () => verified('public_key')),
    verified('public_key', { of: 'notification', skew_ms: 100_000 }),
  ];
  expect(written(events)).toEqual([
    [
      'service+mchid+of',
      {
        service: 'collector',
        mchid: '1900009191',
        of: 'answer',
        SignedByCertificate: 97,
        SignedByPublicKey: 3,
      },
    ],
    // A notification may have come by a slow way, and says nothing of our clock.
    ['service', { service: 'collector', ClockSkew: 0 }],
    [
      'service+mchid+of',
      { service: 'collector', mchid: '1900009191', of: 'notification', SignedByPublicKey: 1 },
    ],
  ]);
});

test('the clock’s greatest difference is told, whichever way it goes', () => {
  const events: FlowEvent[] = [
    verified('public_key', { skew_ms: 2_000 }),
    verified('public_key', { skew_ms: -5_000 }),
    verified('public_key', { skew_ms: 1_000 }),
  ];
  expect(written(events)).toContainEqual(['service', { service: 'collector', ClockSkew: 5_000 }]);
  expect(written([{ kind: 'clock_skew', mchid: MCHID, skew_ms: -301_000 }])).toEqual([
    ['service', { service: 'collector', ClockSkew: 301_000 }],
  ]);
});

test('the days that certificates have left are told for each merchant, as they last were', () => {
  const ending = (what: 'api_certificate' | 'platform_certificate', days_left: number) =>
    ({ kind: 'key_ending', mchid: MCHID, what, serial_no: 'A', valid_to: 0, days_left }) as const;
  expect(
    written([
      ending('api_certificate', 30),
      ending('api_certificate', 29),
      ending('platform_certificate', -1),
    ]),
  ).toEqual([
    [
      'service+mchid',
      {
        service: 'collector',
        mchid: '1900009191',
        ApiCertificateDaysLeft: 29,
        PlatformCertificateDaysLeft: -1,
      },
    ],
    // An alarm cannot look for the least among metrics of merchants that nobody knows beforehand.
    ['service', { service: 'collector', FewestDaysLeft: -1 }],
  ]);
});

test('what calls, queries and notifications came to is counted by its kind', () => {
  const called = (kind: 'accepted' | 'declined', more: object = {}): FlowEvent => ({
    kind: 'called',
    ref: REF,
    claim_id: 'c',
    report: { outcome: { kind }, evidence: {} },
    ...more,
  });
  expect(
    written([
      called('accepted'),
      called('declined'),
      called('accepted'),
      called('accepted', { operation: 'cancel' }),
      { kind: 'queried', ref: REF, report: { kind: 'unanswered', because: 'unverified', evidence: {} } },
      { kind: 'queried', ref: REF, report: { kind: 'refused', because: 'credentials', evidence: {} } },
      { kind: 'notification', mchid: MCHID, came_to: 'unverified' },
    ]),
  ).toEqual([
    ['service+outcome', { service: 'collector', outcome: 'accepted', Collects: 2, Changes: 1 }],
    ['service', { service: 'collector', Calls: 3, CallsUnknown: 0 }],
    ['service+outcome', { service: 'collector', outcome: 'declined', Collects: 1 }],
    ['service+because', { service: 'collector', because: 'unverified', QueriesWithoutAnswer: 1 }],
    ['service+because', { service: 'collector', because: 'credentials', QueriesWithoutAnswer: 1 }],
    ['service+came_to', { service: 'collector', came_to: 'unverified', Notifications: 1 }],
  ]);
});

test('what went wrong is counted on one line', () => {
  const error = new Error('x');
  expect(
    written([
      { kind: 'poison', message_id: 'm', because: 'not JSON' },
      { kind: 'poison', message_id: 'n', because: 'not JSON' },
      { kind: 'work_failed', ref: REF, error },
      {
        kind: 'settle_failed',
        ref: REF,
        claim_id: 'c',
        report: { outcome: { kind: 'accepted' }, evidence: {} },
        error,
      },
      { kind: 'certificates_failed', mchid: MCHID, error },
      { kind: 'keys_unusable', mchid: MCHID, error },
      { kind: 'amount_differs', ref: REF, registered: 1, told: 2 } as unknown as FlowEvent,
    ]),
  ).toEqual([
    [
      'service',
      {
        service: 'collector',
        PoisonMessages: 2,
        WorkFailed: 1,
        OutcomesNotRecorded: 1,
        CertificateDownloadsFailed: 1,
        KeysUnusable: 1,
        AmountsDiffer: 1,
      },
    ],
  ]);
});

test('the share of unknown outcomes is of calls that may have left, and of collections alone', () => {
  const called = (outcome: object, more: object = {}) =>
    ({ kind: 'called', ref: REF, claim_id: 'c', report: { outcome, evidence: {} }, ...more }) as FlowEvent;
  const unknown = { kind: 'unknown', because: 'no_answer' };
  const events = [
    called(unknown),
    called({ kind: 'declined' }),
    called(unknown),
    called({ kind: 'not_sent', because: 'dns' }),
    called(unknown, { operation: 'sync' }),
  ];
  expect(written(events)).toContainEqual(['service', { service: 'collector', Calls: 3, CallsUnknown: 2 }]);
});

test('of attempts that stay open after WeChat Pay was asked, the oldest is told', () => {
  const open = (age_ms: number) => ({ kind: 'still_open', ref: REF, age_ms }) as const;
  expect(written([open(240_000), open(1_800_400), open(60_000)])).toEqual([
    ['service', { service: 'collector', OpenAttemptSeconds: 1_800 }],
  ]);
});

test('a sweep tells that it ran, what is due, and how late it is, with nothing due as well', () => {
  const swept = (more: object) =>
    ({
      kind: 'swept',
      due: 0,
      more_due: false,
      sub_merchants: 0,
      admitted: 0,
      sent: 0,
      moved: 0,
      left: 0,
      late: 0,
      overdue: 0,
      latest_seconds: 0,
      ...more,
    }) as const;
  const line = (figures: object) => ['service', { service: 'collector', Sweeps: 1, ...figures }];
  expect(written([swept({})])).toEqual([line({ DueOrders: 0, OverdueOrders: 0, LatestSeconds: 0 })]);
  expect(written([swept({ due: 7, overdue: 2, latest_seconds: 3_700 })])).toEqual([
    line({ DueOrders: 7, OverdueOrders: 2, LatestSeconds: 3_700 }),
  ]);
});

test('probes are told apart from signatures that nobody said were wrong', () => {
  const refused = (of: 'answer' | 'notification', probe: boolean) =>
    ({ kind: 'signature_refused', mchid: MCHID, of, probe }) as const;
  expect(written([refused('answer', false), refused('answer', true), refused('notification', true)])).toEqual(
    [
      ['service', { service: 'collector', SignaturesRefused: 1 }],
      ['service+of', { service: 'collector', of: 'answer', SignatureProbes: 1 }],
      ['service+of', { service: 'collector', of: 'notification', SignatureProbes: 1 }],
    ],
  );
});

test('a breaker that trips, or stays open after its trial, is told with what it stops', () => {
  const breaker = { version: 1, trips: 1, tripped_at: 0, until: 1, because: 'x' };
  expect(
    written([
      { kind: 'breaker', ref: REF, scope: 'merchant', breaker },
      { kind: 'breaker', ref: REF, scope: 'pair', breaker },
      { kind: 'breaker', ref: REF, scope: 'pair', breaker: undefined },
    ]),
  ).toEqual([
    ['service+scope', { service: 'collector', scope: 'merchant', CollectingStopped: 1 }],
    ['service+scope', { service: 'collector', scope: 'pair', CollectingStopped: 1 }],
  ]);
});

test.each(['unreadable', 'wrong_tenant', 'undecryptable', 'unavailable', 'out_of_time'] as const)(
  'a notification that is not taken because it is %s is a fault here',
  (came_to) => {
    expect(written([{ kind: 'notification', mchid: MCHID, came_to }])).toContainEqual([
      'service',
      { service: 'collector', NotificationsNotTaken: 1 },
    ]);
  },
);

test('what is for the log alone, and an answer that came, make no figure', () => {
  expect(
    written([
      { kind: 'queried', ref: REF, report: { kind: 'verified', facts: {}, evidence: {} } as never },
      { kind: 'signing_key_rotated', mchid: MCHID, from: 'a', to: 'b' },
      { kind: 'certificates_renewed', mchid: MCHID, serial_nos: ['a'] },
      { kind: 'not_in_ledger', key: REF },
      { kind: 'breaker', ref: REF, scope: 'merchant', breaker: undefined },
      { kind: 'breaker_failed', ref: REF, scope: 'merchant', error: 1 },
    ]),
  ).toEqual([]);
});

test('a run without anything to tell writes nothing, and what was written is not written again', () => {
  const metrics = new Metrics({ namespace: 'test', serviceName: 'collector' });
  const flow = new FlowMetrics(metrics);
  flow.record({ kind: 'keys_unusable', mchid: MCHID, error: 1 });
  expect(lines(metrics, () => flow.flush())).toHaveLength(1);
  expect(lines(metrics, () => flow.flush())).toEqual([]);
});

test('of more than 200 merchants the rest is told as one', () => {
  const mchids = Array.from({ length: 205 }, (_, n) => `7${n}` as Mchid);
  const events = mchids.map((mchid) => verified('public_key', { mchid }));
  const others = written(events).filter((line) => JSON.stringify(line).includes('"mchid":"other"'));
  expect(others).toEqual([
    ['service+mchid+of', { service: 'collector', mchid: 'other', of: 'answer', SignedByPublicKey: 5 }],
  ]);
  expect(written(events)).toHaveLength(202);
});
