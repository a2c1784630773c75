import { startChild } from './child';
import type { Fate, PayscoreAsk, PayscoreTally, PayscoreTold } from './payscore-process';
import type { ServiceKeys } from './service-keys';

/** The lean WeChat Pay, as the process that calls sees it. */
export interface PayscoreProcess {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** What there was since the last tally. */
  tally(): Promise<PayscoreTally>;
  setAhead(aheadMs: number): Promise<void>;
  stop(): void;
}

interface PayscoreOptions {
  readonly answerAfterMs: number;
  readonly fates: readonly Fate[];
}

export async function startPayscore(keys: ServiceKeys, options: PayscoreOptions): Promise<PayscoreProcess> {
  const child = startChild<PayscoreAsk, PayscoreTold>('payscore-process.ts');
  try {
    const { platformPem, platformSerial } = keys;
    const told = await child.ask({ kind: 'start', platformPem, platformSerial, ...options });
    if (told.kind !== 'listening') throw new Error('the lean WeChat Pay does not listen');
    return {
      origin: `http://127.0.0.1:${told.port}`,
      async tally() {
        const answer = await child.ask({ kind: 'tally' });
        if (answer.kind !== 'tally') throw new Error('the lean WeChat Pay gave no tally');
        return answer;
      },
      async setAhead(aheadMs) {
        await child.ask({ kind: 'clock', aheadMs });
      },
      stop: () => child.stop(),
    };
  } catch (error) {
    child.stop();
    throw error;
  }
}
