import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { isPayscoreError } from '../../lambda/core/errors';
import { parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { UsageError } from '../../local/usage-error';
import { readText } from './files';

/** A terminal to ask on, or what stands for one. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * The APIv3 key (APIv3密钥), from a file or typed unseen: an argument would stay in the shell's history and show in `ps`.
 * @throws UsageError which never quotes it, nor the name of a file that may be the key itself
 */
export async function readApiv3Key(file: string | undefined, terminal: Terminal): Promise<string> {
  const [text, where] =
    file === undefined
      ? [await askHidden('APIv3 key (APIv3密钥, 32 characters, not shown): ', terminal), 'the APIv3 key']
      : [
          readText(file, '--apiv3-key-file: the file (a path, never the key itself)'),
          '--apiv3-key-file: the key',
        ];
  const key = text.trim();
  try {
    parseApiv3Key(key, where);
  } catch (error) {
    if (isPayscoreError(error, 'KEY_INVALID'))
      throw new UsageError(`${error.message}; it is set at 账户中心 → API安全 → APIv3密钥`);
    throw error;
  }
  return key;
}

function askHidden(question: string, { input, output }: Terminal): Promise<string> {
  if (input.isTTY !== true)
    throw new UsageError(
      'give --apiv3-key-file FILE: there is no terminal to ask for the APIv3 key on, and on a command line it would be seen',
    );
  output.write(question);
  // Readline echoes what is typed: into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      output.write('\n');
      // After a line this changes nothing.
      reject(new UsageError('no APIv3 key was given; nothing was written'));
    });
  });
}
