import type { AxiosResponse } from 'axios';
import { PayscoreError } from '../../lambda/core/errors';
import type { PostCall, QueryParams, RequestConfig, Wxpay } from '../../lambda/wechatpay/client';
import { Payscore } from '../../lambda/wechatpay/payscore';
import { ERRORS, refuse } from '../../local/wechatpay/answers';
import type { Bank, Request, WireAnswer } from './bank';
import { HOUR, MINUTE, SECOND } from './plan';
import type { Instance, World } from './world';

/** What a merchant's secret holds: the generation that signs, and whose answers are believed. */
export interface Keys {
  readonly mchid: string;
  readonly generation: number;
  readonly trusts: readonly string[];
}

/** What WeChat Pay signs with at the moment. */
export interface Signers {
  signerOf(mchid: string): string;
}

const PATH = '/v3/payscore/partner/serviceorder';

/**
 * The real `Payscore` of one instance, over a wire on which everything may go wrong. The wire keeps to what the real
 * transport promises (`lambda/wechatpay/transport.ts`): `send_by` is looked at just before the first byte, and what may have
 * left is never sent again.
 */
export function callsOf(world: World, instance: Instance, keys: Keys, bank: Bank & Signers): Payscore {
  const wire = new Wire(world, instance, keys, bank);
  const post = (action: string) => {
    const call = (data: object, { out_order_no = '', ...config }: RequestConfig) => {
      const url = `${PATH}/${encodeURIComponent(out_order_no)}/${action}`;
      return wire.send({ method: 'POST', url, body: JSON.stringify(data) }, config);
    };
    return Object.assign(call, { post: call }) as unknown as PostCall<never, never>;
  };
  const get = (config: RequestConfig & { params: QueryParams }) => {
    const params = new URLSearchParams(config.params as Record<string, string>);
    return wire.send({ method: 'GET', url: `${PATH}?${params.toString()}`, body: '' }, config);
  };
  const _out_order_no_ = {
    pay: post('pay'),
    sync: post('sync'),
    modify: post('modify'),
    cancel: post('cancel'),
  };
  const serviceorder = { get, _out_order_no_ };
  return new Payscore({ v3: { payscore: { partner: { serviceorder } } } } as unknown as Wxpay);
}

class Wire {
  constructor(
    private readonly world: World,
    private readonly instance: Instance,
    private readonly keys: Keys,
    private readonly bank: Bank & Signers,
  ) {}

  send(
    what: Pick<Request, 'method' | 'url' | 'body'>,
    { timeout = 10 * SECOND, send_by }: RequestConfig,
  ): Promise<AxiosResponse> {
    const { world, instance, keys } = this;
    const { engine, history } = world;
    const request = { ...what, mchid: keys.mchid, generation: keys.generation };
    const givenUpAt = instance.now() + timeout;
    return new Promise((resolve, reject) => {
      let over = false;
      const end = (how: () => void) => {
        if (!over) instance.goOn(how);
        over = true;
      };
      const connectMs = this.#connectMs();
      world.maybeFreeze(instance);
      engine.after(connectMs, () =>
        instance.goOn(() => {
          const now = instance.now();
          if (world.strikes('crash')) return instance.die();
          const because = this.#keptBack(now, givenUpAt, send_by);
          if (because !== undefined) {
            history.note(`${instance.name} ${spell(request)}: not sent, ${because}`);
            return end(() => reject(new PayscoreError('NOT_SENT', 'simulated', { because })));
          }
          world.judge.left(request, instance);
          history.note(`${instance.name} ${spell(request)} leaves`);
          engine.after(Math.max(0, givenUpAt - now), () =>
            end(() => reject(new PayscoreError('NO_ANSWER', 'simulated', { because: 'timeout' }))),
          );
          if (world.strikes('crash')) instance.die();
          this.#travel(request, (answer) =>
            end(() => {
              world.judge.heard(request, instance, answer);
              deliver(answer, resolve, reject);
            }),
          );
        }),
      );
    });
  }

  #connectMs(): number {
    const random = this.world.random('connect');
    return random.draw(0.03) && this.world.faulty ? random.below(8 * SECOND) : random.between(1, 60);
  }

  #keptBack(now: number, givenUpAt: number, sendBy: number | undefined): string | undefined {
    if (this.world.strikes('connect_failed')) return 'connect_failed';
    if (sendBy !== undefined && now >= sendBy) return 'send_by_passed';
    // A process that was frozen may find its connection before the alarm that was to end it.
    return now >= givenUpAt && this.world.random('alarm').draw(0.5) ? 'timeout' : undefined;
  }

  /** There and, if nothing is lost on the way, back. */
  #travel(request: Request, arrived: (answer: WireAnswer | 'unsigned') => void): void {
    const { world } = this;
    const { engine, history } = world;
    const random = world.random('travel');
    const thereMs = random.between(5, 60);
    if (world.strikes('lost_request')) return;
    const late = world.strikes('late_request') ? random.pick([20 * SECOND, 5 * MINUTE, 8 * HOUR]) : 0;
    engine.after(thereMs + Math.floor(late * (0.5 + random.next())), () => {
      const answer = this.#arrive(request);
      this.bank.meddle(request);
      history.note(`${spell(request)} arrives: ${answer.status} ${JSON.stringify(answer.body).slice(0, 60)}`);
      const backMs = world.strikes('slow_answer') ? random.below(12 * SECOND) : random.between(20, 400);
      if (world.strikes('lost_answer')) return;
      // Only what is well is signed.
      const unsigned = answer.status < 300 && (this.#isForeign() || world.strikes('unsigned_answer'));
      engine.after(backMs, () => arrived(unsigned ? 'unsigned' : answer));
    });
  }

  #arrive(request: Request): WireAnswer {
    const { world, bank } = this;
    if (!world.strikes('server_error')) return bank.perform(request);
    if (world.random('travel').draw(0.5)) bank.perform(request);
    const { error } = refuse(ERRORS.systemError) as { error: typeof ERRORS.systemError };
    return {
      status: error.status,
      body: { code: error.code, message: error.message },
      subCode: error.subCode,
    };
  }

  #isForeign(): boolean {
    return !this.keys.trusts.includes(this.bank.signerOf(this.keys.mchid));
  }
}

function deliver(
  answer: WireAnswer | 'unsigned',
  resolve: (response: AxiosResponse) => void,
  reject: (error: Error) => void,
): void {
  if (answer === 'unsigned')
    return reject(
      new PayscoreError('ANSWER_UNVERIFIED', 'simulated', { status: 200, fault: 'signature_wrong' }),
    );
  const { status, body, subCode } = answer;
  const response = {
    status,
    data: body,
    headers: { 'request-id': `SIM-${subCode}` },
  } as unknown as AxiosResponse;
  if (status < 300) return resolve(response);
  reject(Object.assign(new Error(`status ${status}`), { isAxiosError: true, response }));
}

function spell({ method, url, mchid }: Request): string {
  return `${method} ${mchid} ${url.slice(PATH.length)}`;
}
