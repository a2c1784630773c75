import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { arnOf, propertiesOf, synthesised } from './synthesised';

const ORDER = { mchid: '1900000001', sub_mchid: '1900000109', out_order_no: 'A|1', service_id: '500001' };

const directory = mkdtempSync(path.join(tmpdir(), 'orders-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(content: unknown): string {
  const file = path.join(directory, 'orders.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function rule(context: Readonly<Record<string, unknown>>) {
  return propertiesOf(synthesised(context), 'AWS::Events::Rule');
}

test('a deployment collects from nobody: without named orders the rule is disabled and its list empty', () => {
  expect(rule({})).toMatchObject([
    { State: 'DISABLED', ScheduleExpression: 'rate(1 hour)', Targets: [{ Input: '{"orders":[]}' }] },
  ]);
});

test('named orders enable the rule, and are its constant input word for word', () => {
  const Input =
    '{"orders":[{"mchid":"1900000001","sub_mchid":"1900000109","out_order_no":"A|1","service_id":"500001"}]}';
  expect(rule({ sweep_orders_file: fileOf({ orders: [ORDER] }), sweep_every_minutes: '30' })).toMatchObject([
    { State: 'ENABLED', ScheduleExpression: 'rate(30 minutes)', Targets: [{ Input }] },
  ]);
});

test('a schedule may be told to collect nothing and only record what it would do', () => {
  const file = fileOf({ orders: [ORDER], dry_run: true });
  expect(rule({ sweep_orders_file: file })).toMatchObject([
    { State: 'ENABLED', Targets: [{ Input: expect.stringMatching(/,"dry_run":true\}$/) }] },
  ]);
});

test('a tick that could not be delivered ends in one queue, and is not delivered after the next tick is due', () => {
  expect(rule({ sweep_every_minutes: '10' })).toMatchObject([
    {
      Targets: [
        {
          Arn: arnOf('SweepFunction'),
          DeadLetterConfig: { Arn: arnOf('ScheduleUndelivered') },
          RetryPolicy: { MaximumEventAgeInSeconds: 600 },
        },
      ],
    },
  ]);
});

const INVOKE_CONFIG = 'AWS::Lambda::EventInvokeConfig';

test('a sweep that failed is never run again and ends in the other queue', () => {
  expect(propertiesOf(synthesised(), INVOKE_CONFIG)).toMatchObject([
    {
      FunctionName: { Ref: expect.stringMatching(/^SweepFunction/) },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnFailure: { Destination: arnOf('ScheduleFailed') } },
    },
  ]);
});

test("a tick's age never goes beyond the six hours that Lambda allows", () => {
  expect(propertiesOf(synthesised({ sweep_every_minutes: '1440' }), INVOKE_CONFIG)).toMatchObject([
    { MaximumEventAgeInSeconds: 21_600 },
  ]);
});

test('both queues are encrypted, refuse plain HTTP, and keep what they hold for 14 days', () => {
  const template = synthesised();
  const queue = { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 };
  expect(propertiesOf(template, 'AWS::SQS::Queue')).toMatchObject([queue, queue]);
  const refuses = {
    PolicyDocument: {
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]),
    },
  };
  expect(propertiesOf(template, 'AWS::SQS::QueuePolicy')).toMatchObject([refuses, refuses]);
});

function ordinary(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ...ORDER,
    out_order_no: String(index).padStart(32, '0'),
    service_id: '5'.repeat(32),
  }));
}

describe('the orders file', () => {
  test.each([
    ['{', 'is not JSON'],
    [[ORDER], 'is not of type object'],
    [{}, 'orders is missing'],
    [{ orders: [] }, 'orders has fewer than 1'],
    [{ orders: [ORDER], dry: true }, 'has fields that are not known here: dry'],
    [{ orders: [{ ...ORDER, mchid: 1_900_000_001 }] }, 'orders[0].mchid is not of type string'],
    [{ orders: [{ ...ORDER, out_order_no: '../x' }] }, 'orders[0].out_order_no is not an order number'],
    [{ orders: [{ ...ORDER, amount: 1 }] }, 'orders[0] has fields that are not known here: amount'],
    [{ orders: ['A1'] }, 'orders[0] is not of type object'],
    [{ orders: [ORDER, { ...ORDER, service_id: '2' }] }, '1900000001/1900000109/A|1 is named more than once'],
  ])('%j is refused: %s', (content, fault) => {
    expect(() => synthesised({ sweep_orders_file: fileOf(content) })).toThrow(fault);
  });

  test('a file that is not there is refused by name', () => {
    expect(() => synthesised({ sweep_orders_file: path.join(directory, 'none.json') })).toThrow(
      /none\.json cannot be read \(Error: ENOENT/,
    );
  });

  test('fifty orders of ordinary numbers fit into a rule, fifty-one are refused', () => {
    expect(() => synthesised({ sweep_orders_file: fileOf({ orders: ordinary(50) }) })).not.toThrow();
    expect(() => synthesised({ sweep_orders_file: fileOf({ orders: ordinary(51) }) })).toThrow(
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
    expect(() => synthesised({ sweep_orders_file: fileOf({ orders }) })).toThrow('8192 are possible');
  });
});
