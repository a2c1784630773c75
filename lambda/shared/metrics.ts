import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { FlowEvent } from '../core/event';
import type { NotificationOutcome } from '../core/notification';

type Dimensions = Readonly<Record<string, string>>;
type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

interface Figures {
  readonly dimensions: Dimensions;
  readonly values: Map<string, { readonly unit: Unit; readonly value: number }>;
}

/** Notifications that WeChat Pay signed, or may have signed, and that are not taken because of something here. */
const NOT_TAKEN: ReadonlySet<NotificationOutcome> = new Set([
  'unreadable',
  'wrong_tenant',
  'undecryptable',
  'unavailable',
  'out_of_time',
]);

/** CloudWatch charges for each combination of dimensions: of more merchants than this one run tells under `other`. */
const MERCHANTS_MAX = 200;

/**
 * What happened, as figures. They are added up in memory, because an answer must not cost a line of log, and written by
 * `flush`, one line for each combination of dimensions, in CloudWatch's embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class FlowMetrics {
  readonly #figures = new Map<string, Figures>();
  readonly #mchids = new Set<string>();

  constructor(private readonly metrics = new Metrics()) {}

  record(event: FlowEvent): void {
    switch (event.kind) {
      case 'called':
        this.#called(event);
        return;
      case 'queried':
        if (event.report.kind !== 'verified')
          this.#count('QueriesWithoutAnswer', { because: event.report.because });
        return;
      case 'notification':
        this.#count('Notifications', { came_to: event.came_to });
        if (NOT_TAKEN.has(event.came_to)) this.#count('NotificationsNotTaken', NONE);
        return;
      case 'signature_refused':
        if (event.probe) this.#count('SignatureProbes', { of: event.of });
        else this.#count('SignaturesRefused', NONE);
        return;
      case 'still_open':
        this.#most('OpenAttemptSeconds', MetricUnit.Seconds, Math.round(event.age_ms / 1000), NONE);
        return;
      case 'swept':
        this.#count('Sweeps', NONE);
        this.#most('DueOrders', MetricUnit.Count, event.due, NONE);
        this.#most('OverdueOrders', MetricUnit.Count, event.overdue, NONE);
        this.#most('LatestSeconds', MetricUnit.Seconds, event.latest_seconds, NONE);
        return;
      case 'breaker':
        if (event.breaker !== undefined) this.#count('CollectingStopped', { scope: event.scope });
        return;
      case 'answer_verified':
        // How far a changeover from platform certificates to the public key has come: the share of the second.
        this.#count(event.by === 'public_key' ? 'SignedByPublicKey' : 'SignedByCertificate', {
          mchid: this.#bounded(event.mchid),
          of: event.of,
        });
        // A notification may come by way of a slow forwarder.
        if (event.of === 'answer')
          this.#most('ClockSkew', MetricUnit.Milliseconds, Math.abs(event.skew_ms), NONE);
        return;
      case 'clock_skew':
        this.#most('ClockSkew', MetricUnit.Milliseconds, Math.abs(event.skew_ms), NONE);
        return;
      case 'key_ending':
        this.#keyEnding(event);
        return;
      case 'certificates_failed':
        this.#count('CertificateDownloadsFailed', NONE);
        return;
      case 'keys_unusable':
        this.#count('KeysUnusable', NONE);
        return;
      case 'amount_differs':
        this.#count('AmountsDiffer', NONE);
        return;
      case 'settle_failed':
        this.#count('OutcomesNotRecorded', NONE);
        return;
      case 'poison':
        this.#count('PoisonMessages', NONE);
        return;
      case 'work_failed':
        this.#count('WorkFailed', NONE);
        return;
      case 'breaker_failed':
      case 'breaker_lifted':
      case 'not_in_ledger':
      case 'signing_key_rotated':
      case 'certificates_renewed':
      case 'rollup_failed':
        return;
    }
  }

  /** Writes what has come together, and begins anew. */
  flush(): void {
    for (const { dimensions, values } of this.#figures.values()) {
      if (dimensions !== NONE) this.metrics.addDimensions(dimensions);
      for (const [name, { unit, value }] of values) this.metrics.addMetric(name, unit, value);
      this.metrics.publishStoredMetrics();
    }
    this.#figures.clear();
    this.#mchids.clear();
  }

  #called({ operation, report: { outcome } }: Extract<FlowEvent, { kind: 'called' }>): void {
    this.#count(operation === undefined ? 'Collects' : 'Changes', { outcome: outcome.kind });
    // Both, also with nothing unknown among them: their share is what an alarm looks at.
    if (operation !== undefined || outcome.kind === 'not_sent') return;
    this.#count('Calls', NONE);
    this.#change('CallsUnknown', MetricUnit.Count, NONE, (before = 0) =>
      outcome.kind === 'unknown' ? before + 1 : before,
    );
  }

  #keyEnding({ what, days_left, mchid }: Extract<FlowEvent, { kind: 'key_ending' }>): void {
    const name = what === 'api_certificate' ? 'ApiCertificateDaysLeft' : 'PlatformCertificateDaysLeft';
    this.#set(name, days_left, { mchid: this.#bounded(mchid) });
    // Of all merchants together: an alarm cannot look for the least among metrics that nobody knows beforehand.
    this.#change('FewestDaysLeft', MetricUnit.Count, NONE, (before = days_left) =>
      Math.min(before, days_left),
    );
  }

  #count(name: string, dimensions: Dimensions): void {
    this.#change(name, MetricUnit.Count, dimensions, (before = 0) => before + 1);
  }

  #set(name: string, value: number, dimensions: Dimensions): void {
    this.#change(name, MetricUnit.Count, dimensions, () => value);
  }

  #most(name: string, unit: Unit, value: number, dimensions: Dimensions): void {
    this.#change(name, unit, dimensions, (before = 0) => Math.max(before, value));
  }

  #change(
    name: string,
    unit: Unit,
    dimensions: Dimensions,
    change: (before: number | undefined) => number,
  ): void {
    const key = Object.entries(dimensions).join(' ');
    let figures = this.#figures.get(key);
    if (figures === undefined) this.#figures.set(key, (figures = { dimensions, values: new Map() }));
    figures.values.set(name, { unit, value: change(figures.values.get(name)?.value) });
  }

  #bounded(mchid: string): string {
    if (this.#mchids.size >= MERCHANTS_MAX && !this.#mchids.has(mchid)) return 'other';
    this.#mchids.add(mchid);
    return mchid;
  }
}

const NONE: Dimensions = {};
