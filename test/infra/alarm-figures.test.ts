import { Metrics } from '@aws-lambda-powertools/metrics';
import type { FlowEvent } from '../../lambda/core/event';
import { FlowMetrics } from '../../lambda/shared/metrics';
import { propertiesOf, synthesised } from './synthesised';

const NAMESPACE = 'payscore-collector/dev';

/** Something of every kind, as the functions record it; what else it carries makes no figure. */
const EVENTS = [
  { kind: 'called', report: { outcome: { kind: 'throttled' } } },
  { kind: 'queried', report: { kind: 'refused', because: 'throttled' } },
  { kind: 'notification', came_to: 'unavailable' },
  { kind: 'notification', came_to: 'applied' },
  { kind: 'notification', came_to: 'unverified' },
  { kind: 'signature_refused', of: 'answer', probe: true },
  { kind: 'signature_refused', of: 'answer', probe: false },
  { kind: 'still_open', age_ms: 1 },
  { kind: 'swept', due: 0, overdue: 0, latest_seconds: 0 },
  { kind: 'breaker', scope: 'merchant', breaker: {} },
  { kind: 'breaker', scope: 'pair', breaker: {} },
  { kind: 'clock_skew', skew_ms: 1 },
  { kind: 'key_ending', mchid: '1', days_left: 1 },
  { kind: 'certificates_failed' },
  { kind: 'keys_unusable' },
  { kind: 'settle_failed' },
] as unknown as readonly FlowEvent[];

/** `Name{dimension=value,…}` of everything that the functions told. */
function told(): ReadonlySet<string> {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: 'payscore-collector' });
  const names: string[] = [];
  const log = (line: string) => {
    const { _aws, ...values } = JSON.parse(line) as Record<string, string> & {
      _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
    };
    for (const { Dimensions, Metrics: of } of _aws.CloudWatchMetrics)
      for (const { Name } of of)
        names.push(
          spell(
            Name,
            (Dimensions[0] ?? []).map((name) => [name, values[name] ?? '']),
          ),
        );
  };
  (metrics as unknown as { console: { log: typeof log } }).console = { log };
  const flow = new FlowMetrics(metrics);
  for (const event of EVENTS) flow.record(event);
  flow.flush();
  return new Set(names);
}

function spell(name: string, dimensions: readonly (readonly [string, string])[]): string {
  const sorted = dimensions.map(([key, value]) => `${key}=${value}`).toSorted();
  return `${name}{${sorted.join(',')}}`;
}

interface Metric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

const template = synthesised({ events: 'true', import: 'true' });

/** Those of the alarms. */
function alarmedOf(): readonly string[] {
  const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm') as readonly (Metric & {
    readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Metric } }[];
  })[];
  return alarms
    .flatMap((alarm) => [alarm, ...(alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric ?? {})])
    .filter(({ Namespace }) => Namespace === NAMESPACE)
    .map(({ MetricName = '', Dimensions = [] }) =>
      spell(
        MetricName,
        Dimensions.map(({ Name, Value }) => [Name, Value]),
      ),
    );
}

/** Those of the dashboard: `["namespace","name","dimension","value",…` in its text. */
function shownOf(): readonly string[] {
  const [board] = propertiesOf(template, 'AWS::CloudWatch::Dashboard');
  const text = JSON.stringify(board).replaceAll('\\"', '"');
  return [...text.matchAll(/\["payscore-collector\/dev","(\w+)"((?:,"\w[^"]*")*)/g)].map(([, name, rest]) => {
    const words = [...String(rest).matchAll(/"([^"]+)"/g)].map(([, word]) => String(word));
    const pairs = Array.from(
      { length: words.length / 2 },
      (_, at) => [words[2 * at] ?? '', words[2 * at + 1] ?? ''] as const,
    );
    return spell(String(name), pairs);
  });
}

test('each figure that an alarm looks at is one that the functions tell, dimension by dimension', () => {
  const alarmed = alarmedOf();
  expect(alarmed.length).toBe(16);
  expect(alarmed.filter((one) => !told().has(one))).toEqual([]);
});

test('so is each figure of the dashboard', () => {
  const shown = shownOf();
  expect(shown).toContain('DueOrders{service=payscore-collector}');
  expect(shown).toContain('Notifications{came_to=applied,service=payscore-collector}');
  expect(shown.filter((one) => !told().has(one))).toEqual([]);
});
