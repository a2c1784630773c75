import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Mchid } from './core/ids';
import type { NotificationReading } from './core/notification';
import { CertificateKeeper } from './flow/certificates';
import type { NotificationPorts } from './flow/notified';
import type { NotificationReader, NotificationReaders, RawNotification } from './flow/ports';
import type { Config } from './shared/config';
import { recordTo } from './shared/log';
import { FlowMetrics } from './shared/metrics';
import { awsClient } from './store/aws-client';
import { DynamoControls } from './store/controls';
import { DynamoLedger } from './store/ledger';
import { MerchantKeyring } from './store/merchant-keyring';
import { DynamoMerchantRows } from './store/merchant-rows';
import { DynamoNotifications } from './store/notifications';
import { parseVerification } from './wechatpay/credentials';
import { readNotification } from './wechatpay/notification';
import { Verifier } from './wechatpay/verifier';
import { isProbe, isSigned } from './wechatpay/verify';

export interface NotifyServices {
  readonly ports: NotificationPorts;
  readonly logger: Logger;
  /** To be flushed at the end of an invocation. */
  readonly metrics: FlowMetrics;
}

/** Four calls one after the other, and WeChat Pay waits 5 s for all of them: it tries again later, and so need not this. */
const AWS_LIMITS = { requestMs: 1_000, triesMax: 2 };
/** Whoever calls a public address has the numbers that are looked up: each that is made up costs a question. */
const UNKNOWN_PER_MINUTE_MAX = 30;

/**
 * The parts of `notify`, apart from those of the other functions: it has no way to call WeChat Pay and nothing to sign
 * with, and its bundle has nothing of that to load while WeChat Pay waits.
 */
export function createNotifyServices(
  config: Config,
  { now = Date.now }: { now?: () => number } = {},
): NotifyServices {
  const aws = awsClient(AWS_LIMITS);
  const logger = new Logger();
  const table = { client: new DynamoDBClient(aws), tableName: config.tableName };
  const metrics = new FlowMetrics();
  const log = recordTo(logger);
  const record: NotificationPorts['record'] = (event) => {
    log(event);
    metrics.record(event);
  };
  const keyring = new MerchantKeyring<Reader, 'verify'>({
    client: new SecretsManagerClient(aws),
    prefix: config.secretPrefix,
    secrets: ['verify'],
    parse: (mchid, secrets) => new Reader(new Verifier(parseVerification(mchid, secrets), now), now, record),
    now,
    unknownPerMinuteMax: UNKNOWN_PER_MINUTE_MAX,
  });
  const keeper = new CertificateKeeper({ rows: new DynamoMerchantRows(table), now, record });
  const readers = new EquippedReaders(keyring, keeper);
  const ports: NotificationPorts = {
    ledger: new DynamoLedger(table),
    controls: new DynamoControls(table),
    readers,
    kept: new DynamoNotifications(table),
    now,
    chance: Math.random,
    certificates: readers,
    record,
  };
  return { ports, logger, metrics };
}

/** What reads the notifications of one merchant, and tells which kind of key signed them. */
class Reader implements NotificationReader {
  constructor(
    readonly verifier: Verifier,
    private readonly now: () => number,
    private readonly record: NotificationPorts['record'],
  ) {}

  read(raw: RawNotification): NotificationReading {
    const now = this.now();
    const { mchid } = this.verifier;
    const reading = readNotification(raw, this.verifier, now);
    // What else is unverified anybody may have sent, and is counted as a notification.
    if (reading.kind === 'unverified' && isProbe(raw.headers))
      this.record({ kind: 'signature_refused', mchid, of: 'notification', probe: true });
    if (reading.kind === 'order' || reading.kind === 'other_event') {
      const { signed_by: by, signed_at } = reading.notice;
      this.record({ kind: 'answer_verified', mchid, of: 'notification', by, skew_ms: now - signed_at });
    }
    return reading;
  }
}

/** Readers that have the platform certificates they verify with, which others download. */
class EquippedReaders implements NotificationReaders {
  constructor(
    private readonly keyring: MerchantKeyring<Reader, 'verify'>,
    private readonly keeper: CertificateKeeper,
  ) {}

  isSigned({ headers }: RawNotification): boolean {
    return isSigned(headers);
  }

  async get(mchid: Mchid): Promise<Reader> {
    const reader = await this.keyring.get(mchid);
    await this.keeper.equip(reader.verifier);
    return reader;
  }

  async refresh(mchid: Mchid, used: Reader): Promise<boolean> {
    return this.keyring.refresh(mchid, used);
  }

  async want(mchid: Mchid): Promise<void> {
    const { verifier } = await this.keyring.get(mchid);
    await this.keeper.want(verifier);
  }
}
