import { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What `docs/runbook.md` looks for, in CloudWatch's words. Of what is filled in, `…` stands in the text. */
export const LOG_QUERIES = {
  'One order': `fields @timestamp, message, outcome.kind, because, wechatpay.request_id, wechatpay.code, wechatpay.message, error.message
| filter out_order_no = "…"
| sort @timestamp asc
| limit 1000`,
  'Calls by outcome': `filter message in ["collect called", "told WeChat Pay"]
| stats count(*) as calls by bin(15m), outcome.kind, outcome.because, wechatpay.sub_code`,
  'Calls whose outcome is unknown': `fields @timestamp, mchid, sub_mchid, out_order_no, claim_id, outcome.because, wechatpay.detail, wechatpay.request_id
| filter message = "collect called" and outcome.kind = "unknown"
| sort @timestamp desc
| limit 1000`,
  'Queries that gave nothing': `filter message = "query gave nothing"
| stats count(*) as queries by bin(15m), because, wechatpay.http_status, wechatpay.code, wechatpay.detail`,
  'Attempts that stay open': `filter message = "attempt still open: WeChat Pay was asked, and nothing is proven"
| stats max(open_seconds) as seconds, count(*) as questions by mchid, sub_mchid, out_order_no
| sort seconds desc`,
  Breakers: `fields @timestamp, message, scope, mchid, sub_mchid, service_id, breaker.because, breaker.trips
| filter message in ["breaker changed", "breaker closed: collecting goes on", "breaker lifted: the next collection tries at once", "breaker not written: the next call that meets the same writes it"]
| sort @timestamp desc`,
  'Keys and certificates': `fields @timestamp, level, message, mchid, what, days_left, skew_ms, error.message
| filter message in ["certificate ends soon", "keys of a merchant cannot be had", "platform certificates not downloaded, or not usable: the ones before stay", "platform certificates downloaded", "WeChat Pay refused one API certificate and takes the other: remove the first", "this clock is wrong, or that of WeChat Pay: 5 minutes off, and no call succeeds"]
| sort @timestamp desc`,
  Sweeps: `filter message = "sweep done"
| stats max(due), sum(sent), sum(left), max(overdue), max(latest_seconds) by bin(15m)`,
  Notifications: `filter message in ["notification taken", "notification not as it should be", "notification not taken: WeChat Pay sends it again"]
| stats count(*) as notifications by bin(15m), came_to, because`,
  Faults: `fields @timestamp, message, mchid, sub_mchid, out_order_no, error.name, error.message, @log
| filter level in ["ERROR", "WARN"] or @message like /Task timed out|Runtime exited|"errorType"/
| sort @timestamp desc
| limit 1000`,
  'Cold starts and memory': `filter @type = "REPORT"
| stats count(*) as invocations, count(@initDuration) as cold, max(@initDuration), pct(@duration, 99), max(@maxMemoryUsed / 1000 / 1000) as mb by @log`,
} as const;

/** Requests to the API that were not served, from the access log. */
export const ACCESS_QUERIES = {
  'Requests refused': `fields @timestamp, routeKey, path, status, caller, sourceIp, error, integrationError, requestId
| filter status >= 400
| sort @timestamp desc
| limit 1000`,
  'Requests by route': `stats count(*) as requests, pct(responseLatencyMs, 99) as p99 by routeKey, status
| sort requests desc`,
} as const;

/** Queries that stand ready in Logs Insights, in a folder of the stage's own. */
export class LogQueries extends Construct {
  constructor(
    scope: Construct,
    id: string,
    logs: { readonly functions: readonly ILogGroup[]; readonly access: ILogGroup },
  ) {
    super(scope, id);
    this.save(LOG_QUERIES, logs.functions);
    this.save(ACCESS_QUERIES, [logs.access]);
  }

  private save(queries: Readonly<Record<string, string>>, groups: readonly ILogGroup[]): void {
    for (const [name, queryString] of Object.entries(queries))
      new CfnQueryDefinition(this, name.replaceAll(' ', ''), {
        name: `${Stack.of(this).stackName}/${name}`,
        queryString,
        logGroupNames: groups.map(({ logGroupName }) => logGroupName),
      });
  }
}
