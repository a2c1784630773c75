import { MovableClock, nextHourInBeijing } from './clock';
import { openDataFolder, type DataFolder, type KeyState, type WorldState } from './data-folder';
import { MCHID } from './samples';
import { startService, type LocalService } from './service';
import { startSignIn, type SignInServer } from './sign-in';
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
  keys(): KeyState;
  /** Puts them into the merchant's secrets; WeChat Pay has to know by itself. */
  setKeys(keys: KeyState): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly port?: number;
  readonly verbose?: true;
  /** How people get at the page; absent: there is none. */
  readonly page?: 'no_auth' | 'sign_in';
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
  let state = folder?.state ?? (await newState(clock.now()));
  const resumed = folder?.state !== undefined;
  clock.forwardTo(resumed ? state.now + SAVE_EVERY_MS + SAVE_LATE_MS_MAX : state.now);
  clock.install();
  const simulator = await startSimulator(state, clock, folder);
  const signIn = options.page === 'sign_in' ? await startSignIn() : undefined;
  const { began } = state;
  const save = () => folder?.save({ ...state, now: clock.now() });
  try {
    const service = await serve(simulator, state, options, signIn);
    // It takes a second, in which nobody has to wait for it but who signs in.
    signIn?.serveFor(service.apiUrl).catch((error: unknown) => console.error(error));
    simulator.merchant(MCHID).setNotifyUrl(`${service.notificationsUrl}/${MCHID}`);
    save();
    const saving = setInterval(save, SAVE_EVERY_MS);
    return {
      now: clock.now,
      simulator,
      service,
      began,
      resumed,
      keys: () => state,
      setKeys: (keys) => {
        const { signing, verify } = secretsOf(keys, simulator);
        service.putSecret(MCHID, 'signing', signing);
        service.putSecret(MCHID, 'verify', verify);
        state = { ...state, ...keys };
        save();
      },
      moveTo: (instant) => {
        clock.forwardTo(instant);
        save();
      },
      close: async () => {
        clearInterval(saving);
        await Promise.all([service.close(), simulator.close(), signIn?.close()]);
        save();
        folder?.release();
      },
    };
  } catch (error) {
    await Promise.all([simulator.close(), signIn?.close()]);
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError(`--port: ${options.port} is in use`);
    throw error;
  }
}

async function newState(now: number): Promise<WorldState> {
  const began = nextHourInBeijing(BEGINS_AT_HOUR, now);
  const [certificate, platform] = await Promise.all([createApiCertificate(MCHID), createPlatformKeys()]);
  return { certificates: [certificate], verification: 'both', platform, began, now: began };
}

async function startSimulator(
  { certificates, verification, platform }: WorldState,
  { now }: MovableClock,
  folder: DataFolder | undefined,
): Promise<Simulator> {
  try {
    return await startWechatPay({
      merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates, verification }],
      platform,
      now,
      maxRecordedRequests: RECORDED_REQUESTS_MAX,
      maxRecordedDeliveries: RECORDED_REQUESTS_MAX,
      ...(folder === undefined ? {} : { journalFile: folder.path('wechatpay.jsonl') }),
    });
  } catch (error) {
    if (folder === undefined || !(error instanceof Error)) throw error;
    throw new UsageError(`--data: ${error.message}`);
  }
}

async function serve(
  simulator: Simulator,
  keys: KeyState,
  { port, verbose, data, page }: WorldOptions,
  signIn: SignInServer | undefined,
): Promise<LocalService> {
  return startService({
    merchants: [{ mchid: MCHID, ...secretsOf(keys, simulator) }],
    wechatpayHosts: [simulator.url, simulator.backupUrl],
    ...(port === undefined ? {} : { apiPort: port }),
    ...(data === undefined ? {} : { dataDir: data }),
    ...(page === undefined ? {} : { page: signIn?.signIn ?? ('no_auth' as const) }),
    ...(verbose ? { logLevel: 'INFO' as const } : {}),
  });
}

/** The merchant's two secrets, as its people would write them. */
function secretsOf(
  { certificates, verification }: KeyState,
  { platform: { public_key_id, public_key } }: Simulator,
): { readonly signing: object; readonly verify: object } {
  return {
    signing: { mchid: MCHID, keys: certificates },
    verify: {
      mchid: MCHID,
      apiv3_key: APIV3_KEY,
      public_keys: { [public_key_id]: public_key },
      platform_certificates: verification === 'both',
    },
  };
}
