import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENDING_DAYS } from '../lambda/core/key-facts';
import { KEY_CARE_EVERY_MINUTES } from './manifest';
import { RegularRun } from './regular-run';
import { every, type Watch } from './watch';

/** The schedule of `keys`. */
export class KeyCare extends RegularRun {
  constructor(
    scope: Construct,
    id: string,
    private readonly watch: Watch,
  ) {
    super(scope, id, watch, {
      name: 'KeyCare',
      everyMinutes: KEY_CARE_EVERY_MINUTES,
      description: 'Renews platform certificates and watches when certificates end',
    });
    watchKeys(watch);
  }

  override run(keys: IFunction): void {
    super.run(keys);
    this.watch.alarm({
      under: 'Keys',
      graph: 'Runs that look after keys',
      name: 'KeyCareNotRun',
      says: 'Nobody looks after keys: ends of certificates are not warned of, and platform certificates not renewed.',
      section: 'key-care-not-run',
      metric: keys.metricInvocations(every(KEY_CARE_EVERY_MINUTES, 'Sum')),
      threshold: 1,
      below: true,
      periodMinutes: KEY_CARE_EVERY_MINUTES,
      periods: 3,
      missing: 'wrong',
    });
  }
}

/** From the day on which certificates are warned of (`isEnding`). */
function watchKeys(watch: Watch): void {
  watch.alarm({
    under: 'Keys',
    graph: 'Days until the first certificate ends',
    name: 'CertificateEnding',
    says: `A certificate of a merchant ends within ${ENDING_DAYS} days.`,
    section: 'certificate-ending',
    metric: watch.figure('FewestDaysLeft', 'Minimum'),
    threshold: ENDING_DAYS + 1,
    below: true,
    periodMinutes: 60,
    // Without a merchant there is no certificate; that nobody looks is the alarm KeyCareNotRun.
    missing: 'fine',
  });
  watch.alarm({
    under: 'Keys',
    graph: 'Keys that cannot be had',
    name: 'KeysUnusable',
    says: 'The secrets of a merchant that needs something cannot be had, or are not usable.',
    section: 'keys-unusable',
    metric: watch.figure('KeysUnusable', 'Sum'),
    threshold: 1,
    periodMinutes: 30,
    missing: 'fine',
  });
  watch.alarm({
    under: 'Keys',
    graph: 'Keys that cannot be had',
    name: 'CertificatesNotDownloaded',
    says: 'Platform certificates could not be downloaded for an hour; those before stay in use until WeChat Pay signs with newer ones.',
    section: 'certificates-not-downloaded',
    metric: watch.figure('CertificateDownloadsFailed', 'Sum'),
    threshold: 1,
    periodMinutes: 20,
    periods: 3,
    missing: 'fine',
  });
}
