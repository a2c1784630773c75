import { Duration, Stack } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  type MetricOptions,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CustomMetric,
  DefaultDashboardFactory,
  MonitoringFacade,
  SnsAlarmActionStrategy,
} from 'cdk-monitoring-constructs';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmTopic } from './alarm-topic';
import { secretPrefix, SERVICE_NAME } from './manifest';
import type { Settings } from './settings';

/** Parts of the dashboard, from top to bottom. */
export const HEADINGS = ['Orders', 'Calls to WeChat Pay', 'Keys', 'Failures', 'Functions', 'Table'] as const;
type Heading = (typeof HEADINGS)[number];

type Watched = Metric | MathExpression;

/** Where a figure is drawn: figures of one graph share it. */
export interface Graph {
  readonly under: Heading;
  readonly graph: string;
}

export interface AlarmSpec extends Graph {
  /** Unique in the stack. */
  readonly name: string;
  /** What is wrong, for whoever is woken by it. */
  readonly says: string;
  /** Of docs/runbook.md. */
  readonly section: string;
  readonly metric: Watched;
  readonly threshold: number;
  /** Absent: at the threshold, or above. */
  readonly below?: true;
  readonly periodMinutes: number;
  /** Of the last `periods`, `breaching` have to be beyond the threshold. Absent: one of one. */
  readonly periods?: number;
  readonly breaching?: number;
  /** What it means that there is no figure: nothing wrong, or just that. */
  readonly missing: 'fine' | 'wrong';
}

/**
 * What is watched: alarms, each with its section of the runbook, and one dashboard. Whatever is worth an alarm says so
 * where it is made; the dashboard is drawn at the end.
 */
export class Watch extends Construct {
  /** Absent: nobody is told, and alarms are seen in the console alone. */
  readonly topic: ITopic | undefined;
  /** Of every function. */
  readonly logs: ILogGroup[] = [];
  readonly #facade: MonitoringFacade;
  readonly #graphs = new Map<Heading, Map<string, CustomMetric[]>>();
  readonly #namespace: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.topic = alarmTopic(this, settings);
    this.#namespace = secretPrefix(settings.stage);
    const { stackName } = Stack.of(this);
    this.#facade = new MonitoringFacade(this, 'Facade', {
      metricFactoryDefaults: { namespace: this.#namespace },
      alarmFactoryDefaults: {
        alarmNamePrefix: stackName,
        actionsEnabled: true,
        ...(this.topic && {
          action: new SnsAlarmActionStrategy({ onAlarmTopic: this.topic, onOkTopic: this.topic }),
        }),
      },
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', { dashboardNamePrefix: stackName }),
    });
  }

  /** A figure that the functions tell (docs/metrics.md). */
  figure(metricName: string, statistic: string, dimensions: Readonly<Record<string, string>> = {}): Metric {
    return new Metric({
      namespace: this.#namespace,
      metricName,
      statistic,
      dimensionsMap: { service: SERVICE_NAME, ...dimensions },
    });
  }

  show({ under, graph }: Graph, ...metrics: readonly Watched[]): void {
    this.#add(under, graph, ...metrics);
  }

  alarm(spec: AlarmSpec): void {
    const { periods = 1, breaching = periods } = spec;
    this.#add(spec.under, spec.graph, {
      metric: spec.metric,
      alarmFriendlyName: spec.name,
      addAlarm: {
        [spec.name]: {
          alarmNameOverride: `${Stack.of(this).stackName}-${spec.name}`,
          alarmDescriptionOverride: describe(spec),
          threshold: spec.threshold,
          comparisonOperator:
            spec.below === true
              ? ComparisonOperator.LESS_THAN_THRESHOLD
              : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          treatMissingDataOverride:
            spec.missing === 'wrong' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
          period: Duration.minutes(spec.periodMinutes),
          evaluationPeriods: periods,
          datapointsToAlarm: breaching,
        },
      },
    });
  }

  /** For alarms that others make for purposes of their own. */
  get actions(): readonly IAlarmAction[] {
    return this.topic === undefined ? [] : [new SnsAction(this.topic)];
  }

  /** Once everything is there. */
  draw(): void {
    for (const heading of HEADINGS) {
      const graphs = this.#graphs.get(heading) ?? new Map<string, CustomMetric[]>();
      const metricGroups = [...graphs].map(([title, metrics]) => ({ title, metrics }));
      if (metricGroups.length > 0)
        this.#facade.monitorCustom({ alarmFriendlyName: heading, humanReadableName: heading, metricGroups });
    }
  }

  #add(heading: Heading, graph: string, ...metrics: readonly CustomMetric[]): void {
    const graphs = this.#graphs.get(heading) ?? new Map<string, CustomMetric[]>();
    this.#graphs.set(heading, graphs);
    graphs.set(graph, [...(graphs.get(graph) ?? []), ...metrics]);
  }
}

export function describe({ says, section }: Pick<AlarmSpec, 'says' | 'section'>): string {
  return `${says} (docs/runbook.md#${section})`;
}

/** The sum of some figures; those that nobody told count as none. */
export function sumOf(label: string, metrics: Readonly<Record<string, IMetric>>): MathExpression {
  const expression = Object.keys(metrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics: { ...metrics }, label });
}

/** What metrics of AWS's own are asked for with. */
export function every(periodMinutes: number, statistic: string): MetricOptions {
  return { period: Duration.minutes(periodMinutes), statistic };
}
