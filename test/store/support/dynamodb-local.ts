import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { LocalServer } from '../../../local/aws/loopback';
import { fromNpm, type NpmPackage } from '../../support/from-npm';

/** Amazon's own DynamoDB Local lies inside this package; its licence does not allow passing it on, so it is fetched. */
const PACKAGE: NpmPackage = {
  name: 'amplify-dynamodb-simulator',
  version: '2.9.30',
  sha512: 'xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==',
  unpack: ['emulator'],
};
const START_MS_MAX = 60_000;
const POLL_MS = 100;

/** DynamoDB Local in memory. Needs `java` and `tar` on the path. */
export async function startDynamoDbLocal(): Promise<LocalServer> {
  const folder = fromNpm(PACKAGE);
  const emulator = path.join(folder, 'emulator');
  const port = await freePort();
  const java = spawn(
    'java',
    [
      `-Djava.library.path=${emulator}/DynamoDBLocal_lib`,
      '-jar',
      `${emulator}/DynamoDBLocal.jar`,
      '-inMemory',
      '-port',
      String(port),
    ],
    // It leaves a file of its own where it is started.
    { stdio: 'ignore', cwd: folder },
  );
  let failure: Error | undefined;
  java.once('error', (error) => {
    failure = new Error('DynamoDB Local needs java on the path', { cause: error });
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(url, () => failure);
  } catch (error) {
    java.kill();
    throw error;
  }
  return {
    url,
    close: async () => {
      const ended = new Promise((resolve) => {
        java.once('exit', resolve);
      });
      java.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return address.port;
}

/** Another process's start has no event to wait for. */
async function untilItAnswers(url: string, failed: () => Error | undefined): Promise<void> {
  const client = new DynamoDBClient({ endpoint: url, ...LOCAL_AWS, maxAttempts: 1 });
  try {
    for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += POLL_MS) {
      const failure = failed();
      if (failure !== undefined) throw failure;
      const answered = await client.send(new ListTablesCommand({})).then(
        () => true,
        () => false,
      );
      if (answered) return;
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
    throw new Error(`DynamoDB Local did not answer within ${START_MS_MAX} ms`);
  } finally {
    client.destroy();
  }
}
