import { MovableClock, nextHourInBeijing } from './clock';
import { openDataFolder, type DataFolder, type WorldState } from './data-folder';
import { MCHID } from './samples';
import { startService, type LocalService } from './service';
import { UsageError } from './usage-error';
import { createApiCertificate, createPlatformKeys, startWechatPay, type Simulator } from './wechatpay';

/** The service and its WeChat Pay on one machine, on one clock. */
export interface LocalWorld {
  readonly now: () => number;
  readonly simulator: Simulator;
  readonly service: LocalService;
  /** When its first run began; an earlier run's orders are there if that is not this one. */
  readonly began: number;
  readonly resumed: boolean;
  /** Moves time on to `instant`; nothing happens at the new time before the next run would know of it. */
  moveTo(instant: number): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly port?: number;
  readonly verbose?: true;
  /** Where ledger, WeChat Pay's books, keys and time are kept between runs. */
  readonly data?: string;
}

const APIV3_KEY = 'local-apiv3-key-of-32-characters';
/** Within the window of the default policy. */
const BEGINS_AT_HOUR = 10;
/** Of a run that is killed at most so much is not known to have passed, and the next one begins so much later. */
const SAVE_EVERY_MS = 1_000;
const SAVE_LATE_MS_MAX = 9_000;
/** Several times what ten thousand orders need in 27 days: the summary judges by them, and says so when one is missing. */
export const RECORDED_REQUESTS_MAX = 500_000;

/** @throws UsageError when the port is taken or the folder cannot be used */
export async function startWorld(options: WorldOptions): Promise<LocalWorld> {
  const folder = options.data === undefined ? undefined : openDataFolder(options.data);
  try {
    return await start(options, folder);
  } catch (error) {
    folder?.release();
    throw error;
  }
}

async function start(options: WorldOptions, folder: DataFolder | undefined): Promise<LocalWorld> {
  const clock = new MovableClock();
  const state = folder?.state ?? (await newState(clock.now()));
  const resumed = folder?.state !== undefined;
  clock.forwardTo(resumed ? state.now + SAVE_EVERY_MS + SAVE_LATE_MS_MAX : state.now);
  clock.install();
  const simulator = await startSimulator(state, clock, folder);
  const save = () => folder?.save({ ...state, now: clock.now() });
  try {
    const service = await serve(simulator, state, options);
    save();
    const saving = setInterval(save, SAVE_EVERY_MS);
    return {
      now: clock.now,
      simulator,
      service,
      began: state.began,
      resumed,
      moveTo: (instant) => {
        clock.forwardTo(instant);
        save();
      },
      close: async () => {
        clearInterval(saving);
        await Promise.all([service.close(), simulator.close()]);
        save();
        folder?.release();
      },
    };
  } catch (error) {
    await simulator.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError(`--port: ${options.port} is in use`);
    throw error;
  }
}

async function newState(now: number): Promise<WorldState> {
  const began = nextHourInBeijing(BEGINS_AT_HOUR, now);
  const [certificate, platform] = await Promise.all([createApiCertificate(MCHID), createPlatformKeys()]);
  return { certificate, platform, began, now: began };
}

async function startSimulator(
  { certificate, platform }: WorldState,
  { now }: MovableClock,
  folder: DataFolder | undefined,
): Promise<Simulator> {
  try {
    return await startWechatPay({
      merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [certificate] }],
      platform,
      now,
      maxRecordedRequests: RECORDED_REQUESTS_MAX,
      ...(folder === undefined ? {} : { journalFile: folder.path('wechatpay.jsonl') }),
    });
  } catch (error) {
    if (folder === undefined || !(error instanceof Error)) throw error;
    throw new UsageError(`--data: ${error.message}`);
  }
}

async function serve(
  simulator: Simulator,
  { certificate }: WorldState,
  { port, verbose, data }: WorldOptions,
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
