import { startChild } from './child';
import type { Keys } from './merchant';
import type { Ask, Mode, Told } from './wechatpay-process';

/** The process that answers, as the process that calls sees it. */
export interface WechatpayProcess {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  become(mode: Mode): Promise<void>;
  stop(): void;
}

export async function startWechatpay(keys: Keys): Promise<WechatpayProcess> {
  const child = startChild<Ask, Told>('wechatpay-process.ts');
  try {
    const told = await child.ask({
      kind: 'start',
      platformPem: keys.platform.privatePem,
      merchantPem: keys.merchant.publicPem,
    });
    if (told.kind !== 'listening') throw new Error('the answering process does not listen');
    return {
      origin: `http://127.0.0.1:${told.port}`,
      port: told.port,
      async become(mode) {
        await child.ask({ kind: 'mode', mode });
      },
      stop: () => child.stop(),
    };
  } catch (error) {
    child.stop();
    throw error;
  }
}
