import { fork, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
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
  const child = fork(path.join(__dirname, 'wechatpay-process.ts'));
  try {
    const told = await answerTo(child, {
      kind: 'start',
      platformPem: keys.platform.privatePem,
      merchantPem: keys.merchant.publicPem,
    });
    if (told.kind !== 'listening') throw new Error('the answering process does not listen');
    return {
      origin: `http://127.0.0.1:${told.port}`,
      port: told.port,
      async become(mode) {
        await answerTo(child, { kind: 'mode', mode });
      },
      stop: () => child.kill(),
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

function answerTo(child: ChildProcess, ask: Ask): Promise<Told> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the answering process ended by itself'));
    child.once('exit', gone);
    child.once('message', (told: Told) => {
      child.off('exit', gone);
      resolve(told);
    });
    child.send(ask);
  });
}
