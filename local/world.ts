import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MovableClock, nextHourInBeijing } from './clock';
import { MCHID } from './samples';
import { startService, type LocalService } from './service';
import { UsageError } from './usage-error';
import {
  createApiCertificate,
  createPlatformKeys,
  startWechatPay,
  type ApiCertificate,
  type PlatformKeys,
  type Simulator,
} from './wechatpay';

/** The service and its WeChat Pay on one machine, on one clock. */
export interface LocalWorld {
  readonly clock: MovableClock;
  readonly simulator: Simulator;
  readonly service: LocalService;
  /** Whether an earlier run left its orders behind. */
  readonly resumed: boolean;
  /** Keeps the time, so that the next run goes on from it. */
  save(): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly port?: number;
  readonly verbose?: true;
  /** Where ledger, WeChat Pay's books, keys and time are kept between runs. */
  readonly data?: string;
}

interface State {
  readonly certificate: ApiCertificate;
  readonly platform: PlatformKeys;
  /** The time of the last tick: a run that resumes goes on from there. */
  readonly now: number;
}

const APIV3_KEY = 'local-apiv3-key-of-32-characters';
/** Within the window of the default policy. */
const BEGINS_AT_HOUR = 10;

/** @throws UsageError when the port is taken or the folder cannot be used */
export async function startWorld({ port, verbose, data }: WorldOptions): Promise<LocalWorld> {
  const clock = new MovableClock();
  const known = data === undefined ? undefined : readState(data);
  const state = known ?? {
    certificate: await createApiCertificate(MCHID),
    platform: await createPlatformKeys(),
    now: nextHourInBeijing(BEGINS_AT_HOUR, clock.now()),
  };
  clock.forwardTo(state.now);
  clock.install();
  const save = () => {
    if (data !== undefined) writeState(data, { ...state, now: clock.now() });
  };
  save();
  const simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [state.certificate] }],
    platform: state.platform,
    now: clock.now,
    ...(data === undefined ? {} : { journalFile: path.join(data, 'wechatpay.jsonl') }),
  });
  try {
    const service = await serve(simulator, state, { port, verbose, data });
    const close = async () => {
      await Promise.all([service.close(), simulator.close()]);
    };
    return { clock, simulator, service, resumed: known !== undefined, save, close };
  } catch (error) {
    await simulator.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError(`--port: ${port} is in use`);
    throw error;
  }
}

async function serve(
  simulator: Simulator,
  { certificate }: State,
  { port, verbose, data }: { [K in keyof WorldOptions]: WorldOptions[K] | undefined },
): Promise<LocalService> {
  const { public_key_id, public_key } = simulator.platform;
  const merchant = {
    mchid: MCHID,
    signing: { mchid: MCHID, keys: [certificate] },
    verify: { mchid: MCHID, apiv3_key: APIV3_KEY, public_keys: { [public_key_id]: public_key } },
  };
  return startService({
    merchants: [merchant],
    wechatpayHosts: [simulator.url, simulator.backupUrl],
    ...(port === undefined ? {} : { apiPort: port }),
    ...(data === undefined ? {} : { dataDir: data }),
    ...(verbose ? { logLevel: 'INFO' as const } : {}),
  });
}

const STATE_FILE = 'state.json';

function readState(data: string): State | undefined {
  try {
    mkdirSync(data, { recursive: true });
    const file = path.join(data, STATE_FILE);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : undefined;
  } catch (error) {
    throw new UsageError(
      `--data: ${data} cannot be used (${error instanceof Error ? error.message : 'unknown'})`,
    );
  }
}

/** By renaming: a run that is killed while it writes leaves the state of before. */
function writeState(data: string, state: State): void {
  const file = path.join(data, STATE_FILE);
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
