import { InvalidArgumentError, Option, type Command } from 'commander';
import { PATTERNS, type Mchid } from '../../lambda/core/ids';

/** Whose secrets, and where they are kept. */
export interface WhereOptions {
  readonly mchid: Mchid;
  readonly stage?: string;
  readonly region?: string;
  readonly file?: string;
}

export function withPlace(command: Command): Command {
  return command
    .requiredOption('--mchid <number>', "the service provider's merchant number (服务商商户号)", mchid)
    .option('--stage <stage>', 'the secrets of a deployed stage, in AWS Secrets Manager')
    .option('--region <region>', 'with --stage: the AWS region (default: that of your AWS configuration)')
    .option('--file <file>', 'a file instead, for the local run: npm start -- --live --merchant FILE');
}

export function withPair(command: Command): Command {
  return command
    .option('--cert <file>', "the merchant's API certificate (商户API证书), apiclient_cert.pem")
    .option('--key <file>', 'its private key, apiclient_key.pem')
    .option('--from <dir>', 'instead of both: the folder that the downloaded zip was unpacked to');
}

export function dryRunOption(): Option {
  return new Option('--dry-run', 'check everything and say what would be written, and write nothing');
}

function mchid(text: string): Mchid {
  if (!PATTERNS.mchid.test(text)) throw new InvalidArgumentError('A merchant number has 1 to 32 digits.');
  return text as Mchid;
}
