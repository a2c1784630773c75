import { IMPORT_ROWS_MAX } from '../lambda/shared/import-rows';

/** Where a file is put says what is to be done with it; the merchant number follows. */
export const IMPORT_PLACES = { import: 'import', dryRun: 'dry-run' } as const;

/** Names of the maps, as they stand in the names of their executions. */
export const MAP_LABELS = ['Csv', 'Ndjson'] as const;

/** A batch is an execution's input, which may have 256 KiB: less, so that what is put beside the rows has room. */
const BATCH_BYTES_MAX = 200 * 1024;

interface Facts {
  readonly partition: string;
  readonly bucketName: string;
  readonly functionArn: string;
  /** Batches under way at once. */
  readonly concurrencyMax: number;
}

/**
 * The state machine of the import, in Amazon States Language. Written out, because CDK's own tasks grant more than the
 * one version of the function that is called, and its readers do not read a version of a file.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function importDefinition(facts: Facts): object {
  const key = '$.detail.object.key';
  return {
    StartAt: 'Place',
    States: {
      Place: {
        Type: 'Choice',
        Choices: [
          // What the console makes when somebody makes a folder.
          { Variable: key, StringMatches: '*/', Next: 'Folder' },
          { Variable: key, StringMatches: `${IMPORT_PLACES.import}/*/*`, Next: 'Import' },
          { Variable: key, StringMatches: `${IMPORT_PLACES.dryRun}/*/*`, Next: 'DryRun' },
        ],
        Default: 'Misplaced',
      },
      Folder: { Type: 'Succeed' },
      Misplaced: fail('Misplaced', 'Upload to import/<mchid>/<file> or dry-run/<mchid>/<file>.'),
      Import: file(false),
      DryRun: file(true),
      Format: {
        Type: 'Choice',
        Choices: [...ending('csv', 'Csv'), ...ending('ndjson', 'Ndjson'), ...ending('jsonl', 'Ndjson')],
        Default: 'UnknownFormat',
      },
      UnknownFormat: fail('UnknownFormat', 'The file has to end in .csv, .ndjson or .jsonl.'),
      Csv: map('Csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, facts),
      Ndjson: map('Ndjson', { InputType: 'JSONL' }, facts),
    },
  };
}

/** In small letters or in capitals: a rule of a choice tells the two apart. */
function ending(name: string, next: (typeof MAP_LABELS)[number]): readonly object[] {
  const endings = [name, name.toUpperCase()];
  return endings.map((one) => ({ Variable: '$.key', StringMatches: `*.${one}`, Next: next }));
}

/** What the rest of the machine knows of the file. */
function file(dryRun: boolean): object {
  return {
    Type: 'Pass',
    Parameters: {
      'bucket.$': '$.detail.bucket.name',
      'key.$': '$.detail.object.key',
      'version.$': "$.detail.object['version-id']",
      'mchid.$': "States.ArrayGetItem(States.StringSplit($.detail.object.key, '/'), 1)",
      dry_run: dryRun,
    },
    Next: 'Format',
  };
}

function fail(error: string, cause: string): object {
  return { Type: 'Fail', Error: error, Cause: cause };
}

function map(
  label: (typeof MAP_LABELS)[number],
  reader: object,
  { partition, bucketName, functionArn, concurrencyMax }: Facts,
) {
  return {
    Type: 'Map',
    Label: label,
    MaxConcurrency: concurrencyMax,
    // No batch may fail: rows that nobody has looked at must not hide behind an import that succeeded. Started again
    // (`redrive`), it goes on with what is left.
    ToleratedFailurePercentage: 0,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:getObject`,
      ReaderConfig: reader,
      Parameters: { Bucket: bucketName, 'Key.$': '$.key', 'VersionId.$': '$.version' },
    },
    ItemSelector: { 'index.$': '$$.Map.Item.Index', 'fields.$': '$$.Map.Item.Value' },
    ItemBatcher: {
      MaxItemsPerBatch: IMPORT_ROWS_MAX,
      MaxInputBytesPerBatch: BATCH_BYTES_MAX,
      BatchInput: {
        'bucket.$': '$.bucket',
        'key.$': '$.key',
        'mchid.$': '$.mchid',
        'dry_run.$': '$.dry_run',
      },
    },
    ItemProcessor: {
      // Express runs a batch twice now and then, which changes nothing, at a fortieth of the price.
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: `${label}Rows`,
      States: { [`${label}Rows`]: rows(functionArn) },
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: bucketName, 'Prefix.$': "States.Format('reports/{}', $.key)" },
      // The function answers with a list: each of its elements becomes a line.
      WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
    },
    End: true,
  };
}

function rows(functionArn: string): object {
  return {
    Type: 'Task',
    Resource: functionArn,
    // Whatever went wrong, a batch may be done again: faults of Lambda, throttling, a ledger that did not answer. An Express
    // execution ends after 5 minutes: six tries of the function's whole timeout, and the waits between them, are less.
    Retry: [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxAttempts: 5,
        MaxDelaySeconds: 60,
        JitterStrategy: 'FULL',
      },
    ],
    End: true,
  };
}
