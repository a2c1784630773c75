import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { arnOf, live, propertiesOf, synthesised } from './synthesised';

const ORDER = { mchid: '1900000001', sub_mchid: '1900000109', out_order_no: 'A|1', service_id: '500001' };

const directory = mkdtempSync(path.join(tmpdir(), 'sweep-input-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(content: unknown): string {
  const file = path.join(directory, 'sweep.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** The rule that wakes the sweep, out of all there are. */
function rule(context: Readonly<Record<string, unknown>>) {
  return propertiesOf(synthesised(context), 'AWS::Events::Rule').filter((one) =>
    JSON.stringify(one['Targets']).includes('"SweepLive'),
  );
}

test('the schedule ticks every minute and hands over its own event, which narrows nothing', () => {
  expect(rule({})).toEqual([
    expect.objectContaining({
      State: 'ENABLED',
      ScheduleExpression: 'rate(1 minute)',
      Targets: [expect.not.objectContaining({ Input: expect.anything() })],
    }),
  ]);
  expect(JSON.stringify(rule({}))).not.toMatch(/InputPath|InputTransformer/);
});

test('the schedule may tick less often', () => {
  expect(rule({ sweep_every_minutes: '30' })).toMatchObject([
    { State: 'ENABLED', ScheduleExpression: 'rate(30 minutes)' },
  ]);
});

test.each([
  [{ orders: [ORDER] }, `{"orders":[${JSON.stringify(ORDER)}]}`],
  [{ mchid: '1900000001', max_orders: 200 }, '{"mchid":"1900000001","max_orders":200}'],
  [
    { sub_mchid: '1900000109', service_id: '500001', dry_run: true },
    '{"sub_mchid":"1900000109","service_id":"500001","dry_run":true}',
  ],
])('what the input file says is the constant input of every tick, word for word: %j', (content, Input) => {
  expect(rule({ sweep_input_file: fileOf(content) })).toMatchObject([
    { State: 'ENABLED', Targets: [{ Input }] },
  ]);
});

test('a tick that could not be delivered ends in one queue, and is not delivered after the next tick is due', () => {
  expect(rule({ sweep_every_minutes: '10' })).toMatchObject([
    {
      Targets: [
        {
          Arn: live('Sweep'),
          DeadLetterConfig: { Arn: arnOf('ScheduleUndelivered') },
          RetryPolicy: { MaximumEventAgeInSeconds: 600 },
        },
      ],
    },
  ]);
});

/** What becomes of sweeps that fail. */
function invokeConfig(context: Readonly<Record<string, unknown>> = {}) {
  return propertiesOf(synthesised(context), 'AWS::Lambda::EventInvokeConfig').filter((one) =>
    JSON.stringify(one['FunctionName']).includes('"SweepFunction'),
  );
}

test('a sweep that failed is never run again and ends in the other queue', () => {
  expect(invokeConfig()).toMatchObject([
    {
      FunctionName: { Ref: expect.stringMatching(/^SweepFunction/) },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: arnOf('ScheduleFailed') } },
    },
  ]);
});

test("a tick's age never goes beyond the six hours that Lambda allows", () => {
  expect(invokeConfig({ sweep_every_minutes: '1440' })).toMatchObject([{ MaximumEventAgeInSeconds: 21_600 }]);
});

function ordinary(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ...ORDER,
    out_order_no: String(index).padStart(32, '0'),
    service_id: '5'.repeat(32),
  }));
}

describe('the input file', () => {
  test.each([
    ['{', 'is not JSON'],
    [[ORDER], 'is not of type object'],
    [{ max_orders: 0 }, 'sweep_input_file: max_orders '],
    [{ max_orders: 20_001 }, 'sweep_input_file: max_orders '],
    [{ sub_mchid: 1 }, 'sub_mchid is not of type string'],
    [{ orders: [] }, 'orders has fewer than 1'],
    [{ orders: [ORDER], dry: true }, 'has fields that are not known here: dry'],
    [{ orders: [{ ...ORDER, mchid: 1_900_000_001 }] }, 'orders[0].mchid is not of type string'],
    [{ orders: [{ ...ORDER, out_order_no: '../x' }] }, 'orders[0].out_order_no is not an order number'],
    [{ orders: [{ ...ORDER, amount: 1 }] }, 'orders[0] has fields that are not known here: amount'],
    [{ orders: ['A1'] }, 'orders[0] is not of type object'],
    [{ orders: [ORDER, { ...ORDER, service_id: '2' }] }, '1900000001/1900000109/A|1 is named more than once'],
  ])('%j is refused: %s', (content, fault) => {
    expect(() => synthesised({ sweep_input_file: fileOf(content) })).toThrow(fault);
  });

  test('a file that is not there is refused by name', () => {
    expect(() => synthesised({ sweep_input_file: path.join(directory, 'none.json') })).toThrow(
      /none\.json cannot be read \(Error: ENOENT/,
    );
  });

  test('fifty orders of ordinary numbers fit into a rule, fifty-one are refused', () => {
    expect(() => synthesised({ sweep_input_file: fileOf({ orders: ordinary(50) }) })).not.toThrow();
    expect(() => synthesised({ sweep_input_file: fileOf({ orders: ordinary(51) }) })).toThrow(
      'orders has more than 50',
    );
  });

  test('fifty orders of the longest numbers are too long for a rule, and the deployer is told before AWS is', () => {
    const orders = Array.from({ length: 50 }, (_, index) => ({
      mchid: '1'.repeat(32),
      sub_mchid: '2'.repeat(32),
      out_order_no: String(index).padStart(32, '0'),
      service_id: '5'.repeat(32),
    }));
    expect(() => synthesised({ sweep_input_file: fileOf({ orders }) })).toThrow('8192 are possible');
  });
});
