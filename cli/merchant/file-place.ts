import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { UsageError } from '../../local/usage-error';
import { PARTS, type Part, type Place, type Texts } from './place';
import { errorCode } from './files';

/** Only its owner may read it: it holds the merchant's private key. */
const MODE = 0o600;

const MerchantFile = z.strictObject({ signing: z.unknown(), verify: z.unknown() });

/** `{"signing": …, "verify": …}`, as `npm start -- --live --merchant FILE` takes it. */
export class FilePlace implements Place {
  readonly label: string;
  readonly option: string;

  constructor(private readonly file: string) {
    this.label = file;
    this.option = `--file ${file}`;
  }

  nameOf(part: Part): string {
    return `${this.file}: ${part}`;
  }

  async read(): Promise<Texts> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return {};
      throw new UsageError(`--file: ${this.file} cannot be read (${errorCode(error)})`);
    }
    const read = MerchantFile.safeParse(parseJson(text));
    if (!read.success)
      throw new UsageError(
        `--file: ${this.file} is not a merchant file {"signing": …, "verify": …}; it is left as it is, name another`,
      );
    const { signing, verify } = read.data;
    return { signing: JSON.stringify(signing), verify: JSON.stringify(verify) };
  }

  async write(changes: Texts, before: Texts, written: (part: Part) => void): Promise<void> {
    const texts = { ...before, ...changes };
    const whole = Object.fromEntries(
      (['signing', 'verify'] as const).map((part) => [part, parseJson(texts[part] ?? '')]),
    );
    // Beside it and renamed: whoever reads it meanwhile, and a full disk, find the old file whole.
    const target = throughLinks(this.file);
    const beside = `${target}.${randomUUID()}`;
    try {
      writeFileSync(beside, `${JSON.stringify(whole, null, 2)}\n`, { mode: MODE, flag: 'wx' });
      renameSync(beside, target);
    } catch (error) {
      rmSync(beside, { force: true });
      throw new UsageError(
        `--file: ${this.file} cannot be written (${errorCode(error)}); nothing was changed. Name a file in a folder you may write to.`,
      );
    }
    for (const part of PARTS) if (changes[part] !== undefined) written(part);
  }
}

/** Where the file itself is: renaming onto a link would put a file in the link's place. */
function throughLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // It is not there yet; what else is wrong is met by whoever writes it.
    return file;
  }
}

/** `undefined` for what is not JSON; the parser's own message would quote the text, which is secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
