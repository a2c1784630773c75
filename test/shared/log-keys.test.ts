import { Logger } from '@aws-lambda-powertools/logger';
import type { FlowEvent } from '../../lambda/core/event';
import type { Mchid } from '../../lambda/core/ids';
import { recordTo } from '../../lambda/shared/log';

const MCHID = '1900009191' as Mchid;

beforeAll(() => {
  // The Logger then writes to the global console, which can be listened to.
  process.env['POWERTOOLS_DEV'] = 'true';
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  delete process.env['POWERTOOLS_DEV'];
});

/** Level and message of each line, and what it says besides. */
function written(event: FlowEvent): unknown[] {
  const lines: unknown[] = [];
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...[text]: unknown[]) => {
      const {
        message,
        service: _s,
        timestamp: _t,
        sampling_rate: _r,
        level: _l,
        error,
        ...more
      } = JSON.parse(String(text)) as Record<string, unknown>;
      const told = error as { message: string } | undefined;
      lines.push([method, message, { ...more, ...(told === undefined ? {} : { error: told.message }) }]);
    });
  }
  recordTo(new Logger({ serviceName: 'test', logLevel: 'DEBUG' }))(event);
  return lines;
}

test('an answer that was verified costs no line', () => {
  const event = {
    kind: 'answer_verified',
    mchid: MCHID,
    of: 'answer',
    by: 'certificate',
    skew_ms: 0,
  } as const;
  expect(written(event)).toEqual([]);
});

const ending = {
  kind: 'key_ending',
  mchid: MCHID,
  what: 'api_certificate',
  serial_no: 'AB',
  valid_to: 1,
} as const;

test.each<readonly [FlowEvent, unknown[]]>([
  [
    { kind: 'clock_skew', mchid: MCHID, skew_ms: 61_000 },
    [
      'warn',
      'this clock is wrong, or that of WeChat Pay: 5 minutes off, and no call succeeds',
      { mchid: MCHID, skew_ms: 61_000 },
    ],
  ],
  [
    { kind: 'signing_key_rotated', mchid: MCHID, from: 'AB', to: 'CD' },
    [
      'warn',
      'WeChat Pay refused one API certificate and takes the other: remove the first',
      { mchid: MCHID, from: 'AB', to: 'CD' },
    ],
  ],
  [
    { kind: 'certificates_renewed', mchid: MCHID, serial_nos: ['AB'] },
    ['info', 'platform certificates downloaded', { mchid: MCHID, serial_nos: ['AB'] }],
  ],
  [
    { kind: 'certificates_failed', mchid: MCHID, error: new Error('why') },
    [
      'error',
      'platform certificates not downloaded, or not usable: the ones before stay',
      { mchid: MCHID, error: 'why' },
    ],
  ],
  [
    { kind: 'keys_unusable', mchid: MCHID, error: new Error('why') },
    ['error', 'keys of a merchant cannot be had', { mchid: MCHID, error: 'why' }],
  ],
  [
    { ...ending, days_left: 30 },
    [
      'warn',
      'certificate ends soon',
      { mchid: MCHID, what: 'api_certificate', serial_no: 'AB', valid_to: 1, days_left: 30 },
    ],
  ],
])('$kind is one line', (event, line) => {
  expect(written(event)).toEqual([line]);
});

test('a certificate that ends in more than 30 days costs no line', () => {
  expect(written({ ...ending, days_left: 31 })).toEqual([]);
});

test('a signature that was refused costs no line of its own: that of its call says so', () => {
  expect(written({ kind: 'signature_refused', mchid: MCHID, of: 'answer', probe: false })).toEqual([]);
});
