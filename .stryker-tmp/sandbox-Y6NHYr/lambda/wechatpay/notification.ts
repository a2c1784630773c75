import type { KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { isPayscoreError } from '../core/errors';
import { PATTERNS, type Instant, type Mchid, type OrderKey, type ServiceId } from '../core/ids';
import type { Notice, NotificationReading } from '../core/notification';
import { decrypt } from './decrypt';
import { isPublicKeyId, type VerificationKeys } from './keys';
import { isRecord, readOrder } from './service-order';
import { verify, type Verification, type WireHeaders } from './verify';

/** What one merchant's notifications are read with. */
export interface NotificationKeys {
  readonly mchid: Mchid;
  readonly verificationKeys: VerificationKeys;
  readonly apiv3Key: KeyObject;
}

/**
 * The envelope (https://pay.weixin.qq.com/doc/v3/partner/4012155283), tolerant of members that WeChat Pay may add. What is
 * kept of it becomes a key of the table: hence the limits.
 */
const Envelope = z.object({
  id: z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/, 'is not an id of 1 to 64 characters')),
  create_time: z.iso.datetime({ offset: true }),
  event_type: z.string().check(z.regex(/^[\w.-]{1,64}$/, 'is not a name of 1 to 64 characters')),
  resource: z.object({
    algorithm: z.string(),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.nullish(z.string()),
  }),
});

/** The one event that says where an order stands; the others are of services and consents. */
const PAID_EVENT = 'PAYSCORE.USER_PAID';

/**
 * Reads a notification: its signature over the raw bytes before anything else, then the envelope, then the tag of what is
 * encrypted, then what that says. Each step looks only at what the one before it has proved.
 */
export function readNotification(
  { headers, body }: { readonly headers: WireHeaders; readonly body: Buffer },
  keys: NotificationKeys,
  now: Instant,
): NotificationReading {
  const signed = provenBy(verify(headers, body, keys.verificationKeys, now), now);
  if (signed.kind !== 'proven') return signed;
  const envelope = Envelope.safeParse(jsonOf(body));
  if (!envelope.success) {
    const fields = envelope.error.issues.map(({ path }) => path.join('.') || 'the body');
    return { kind: 'unreadable', because: `not as documented: ${fields.join(', ')}` };
  }
  const { id, event_type, create_time, resource } = envelope.data;
  const { kind: _kind, ...signature } = signed;
  const notice = { id, event_type, created_at: Date.parse(create_time), ...signature };
  if (event_type !== PAID_EVENT) return { kind: 'other_event', notice };
  const { associated_data, ...sealed } = resource;
  const opened = opening(() => decrypt({ ...sealed, associated_data: associated_data ?? '' }, keys.apiv3Key));
  if ('failure' in opened) return { kind: 'undecryptable', because: opened.failure, id };
  return readResource(jsonOf(opened.bytes), notice, keys.mchid);
}

/** Anybody can send one, and it goes into the log. WeChat Pay's have 40 characters or fewer. */
const SERIAL_LENGTH_MAX = 64;

type Proof =
  | ({ readonly kind: 'proven' } & Pick<Notice, 'signed_at' | 'signed_by' | 'late'>)
  | Extract<NotificationReading, { kind: 'unverified' | 'serial_unknown' }>;

function provenBy(verification: Verification, now: Instant): Proof {
  if (!verification.ok && verification.fault !== 'timestamp_outside_window') {
    const { fault, serial } = verification;
    return fault === 'serial_unknown' && serial !== undefined
      ? { kind: 'serial_unknown', serial: serial.slice(0, SERIAL_LENGTH_MAX) }
      : { kind: 'unverified', because: fault };
  }
  const { serial, signedAt: signed_at } = verification;
  // Slowness explains a signature of the past; one of the future, nothing but a wrong clock.
  if (!verification.ok && signed_at > now) return { kind: 'unverified', because: verification.fault };
  const signed_by = isPublicKeyId(serial) ? 'public_key' : 'certificate';
  return { kind: 'proven', signed_at, signed_by, late: !verification.ok };
}

function readResource(resource: unknown, notice: Notice, mchid: Mchid): NotificationReading {
  const { id } = notice;
  if (!isRecord(resource)) return { kind: 'unreadable', because: 'the resource is not a JSON object', id };
  const { sub_mchid, out_order_no, service_id } = resource;
  // The API page calls it `mchid`, the sample code `sp_mchid`.
  const named = [resource['mchid'], resource['sp_mchid']].filter((one) => !isAbsent(one));
  if (named.length === 0) return { kind: 'unreadable', because: 'the resource names no mchid', id };
  if (named.some((one) => one !== mchid))
    return { kind: 'wrong_tenant', because: 'the resource is of another mchid', id };
  const wrong = Object.entries({ sub_mchid, out_order_no, ...(isAbsent(service_id) ? {} : { service_id }) })
    .filter(([name, value]) => !matches(name as keyof typeof PATTERNS, value))
    .map(([name]) => name);
  if (wrong.length > 0) return { kind: 'unreadable', because: `not as documented: ${wrong.join(', ')}`, id };
  const key = { mchid, sub_mchid, out_order_no } as OrderKey;
  const service = isAbsent(service_id) ? undefined : (service_id as ServiceId);
  // Which service the order is registered under is the ledger's to know.
  const read = readOrder(resource, { ...key, service_id: service ?? ('' as ServiceId) });
  if (!read.ok) return { kind: 'unreadable', because: read.because, id };
  const { facts } = read;
  return { kind: 'order', notice, key, ...(service === undefined ? {} : { service_id: service }), facts };
}

function matches(name: keyof typeof PATTERNS, value: unknown): boolean {
  return typeof value === 'string' && PATTERNS[name].test(value);
}

/** Absent and empty say nothing. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function opening(open: () => Buffer): { readonly bytes: Buffer } | { readonly failure: string } {
  try {
    return { bytes: open() };
  } catch (error) {
    if (!isPayscoreError(error, 'DECRYPTION_FAILED')) throw error;
    return { failure: error.message };
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is not JSON in UTF-8. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    return undefined;
  }
}
