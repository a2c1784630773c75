import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callsIn, type Names, type RecordedCall } from '../support/permissions/recorder';
import { judgeRecordings, readRecordings, recordTo } from '../support/permissions/recordings';

const NAMES: Names = {
  table: 'ledger',
  secretPrefix: 'payscore-collector/test',
  queueUrl: 'http://127.0.0.1:1/000000000000/work',
  bus: 'company',
};

function calls(target: string, body: object, credential = 'api'): readonly RecordedCall[] {
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}/20260302/us-east-1/x/aws4_request, Signature=0`;
  const headers = { authorization, 'x-amz-target': target };
  return callsIn({ headers }, Buffer.from(JSON.stringify(body)), NAMES);
}

describe('a call', () => {
  test.each<[string, object, string, readonly string[]]>([
    ['DynamoDB_20120810.GetItem', { TableName: 'ledger' }, 'dynamodb:GetItem', ['table']],
    ['DynamoDB_20120810.Query', { TableName: 'ledger', IndexName: 'due' }, 'dynamodb:Query', ['index/due']],
    [
      'DynamoDB_20120810.BatchGetItem',
      { RequestItems: { ledger: {}, elsewhere: {} } },
      'dynamodb:BatchGetItem',
      ['table', 'unknown table elsewhere'],
    ],
    [
      'secretsmanager.GetSecretValue',
      { SecretId: 'payscore-collector/test/1900009191/verify' },
      'secretsmanager:GetSecretValue',
      ['secret/1900009191/verify'],
    ],
    [
      'AmazonSQS.SendMessageBatch',
      { QueueUrl: 'http://127.0.0.1:2/000000000000/work', Entries: [{ Id: '0' }] },
      'sqs:SendMessage',
      ['queue'],
    ],
    ['AWSEvents.PutEvents', { Entries: [{ EventBusName: 'company' }] }, 'events:PutEvents', ['bus']],
  ])('%s %j is known by what it is about', (target, body, action, things) => {
    expect(calls(target, body)).toEqual(things.map((on) => ({ by: 'api', action, on })));
  });

  test.each<[string, object, string]>([
    ['DynamoDB_20120810.GetItem', { TableName: 'other' }, 'unknown table other'],
    ['DynamoDB_20120810.Query', { TableName: 'other', IndexName: 'due' }, 'unknown index other/due'],
    [
      'secretsmanager.GetSecretValue',
      { SecretId: 'payscore-collector/testing/1/verify' },
      'unknown secret payscore-collector/testing/1/verify',
    ],
    [
      'AmazonSQS.SendMessage',
      { QueueUrl: 'http://127.0.0.1:1/000000000000/work-dead' },
      'unknown queue /000000000000/work-dead',
    ],
    ['AWSEvents.PutEvents', { Entries: [{}] }, 'unknown bus default'],
    ['DynamoDB_20120810.ListTables', { Limit: 1 }, 'unknown Limit'],
  ])('%s %j is not taken for one of what is ours', (target, body, on) => {
    expect(calls(target, body)).toMatchObject([{ on }]);
  });

  test('without a signature is nobody’s', () => {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    expect(callsIn({ headers }, Buffer.from('{"TableName":"ledger"}'), NAMES)).toMatchObject([
      { by: 'nobody' },
    ]);
  });
});

describe('recordings of a run of tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'recordings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const READ: RecordedCall = { by: 'notify', action: 'dynamodb:GetItem', on: 'table' };

  test('have each call once, whichever processes made it, and however often', () => {
    const record = recordTo(path.join(folder, 'new'));
    record(READ);
    record(READ);
    writeFileSync(path.join(folder, 'new', 'another.ndjson'), `${JSON.stringify(READ)}\n`);
    expect(readRecordings(path.join(folder, 'new'))).toEqual([READ]);
  });

  test('show what is not allowed and what is not used, of the functions that were seen', async () => {
    const record = recordTo(folder);
    record(READ);
    record({ by: 'notify', action: 'dynamodb:Query', on: 'table' });
    record({ by: 'notify', action: 'secretsmanager:GetSecretValue', on: 'secret/1900009191/verify' });
    record({ by: 'notify', action: 'secretsmanager:GetSecretValue', on: 'secret/1900009191/signing' });
    record({ by: 'local', action: 'dynamodb:DeleteTable', on: 'table' });
    const { calls: judged, faults, unseen } = await judgeRecordings(folder);
    expect([judged, unseen]).toEqual([
      4,
      ['api', 'page', 'sweep', 'collect', 'keys', 'rollup', 'publish', 'import'],
    ]);
    const secret =
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:payscore-collector/dev/1900009191/signing-AbCdEf';
    expect(faults.filter((fault) => fault.startsWith('plain: '))).toEqual([
      `plain: function notify is not allowed secretsmanager:GetSecretValue on ${secret}`,
      expect.stringMatching(
        /^plain: function notify needs no dynamodb:UpdateItem on arn:aws:dynamodb:.+:table\/Ledger/,
      ),
    ]);
    expect(faults.filter((fault) => fault.startsWith('in China: '))).toHaveLength(2);
  }, 120_000);
});
