import { createWxpay, type Wxpay, type WxpayOptions } from '../../../lambda/wechatpay/client';
import { Transport } from '../../../lambda/wechatpay/transport';
import { MCHID, MERCHANT_KEY, VERIFICATION_KEYS } from './keys';
import { NOW_MS } from './server';

const transports: Transport[] = [];

export function closeTransports(): void {
  for (const transport of transports.splice(0)) transport.close();
}

export function transportTo(
  hosts: string | readonly string[],
  options: Partial<ConstructorParameters<typeof Transport>[0]> = {},
): Transport {
  const transport = new Transport({ hosts: [hosts].flat(), now: () => NOW_MS, ...options });
  transports.push(transport);
  return transport;
}

/** A client with the test keys, at a clock that stands still. */
export function clientTo(host: string, options: Partial<WxpayOptions> = {}): Wxpay {
  return createWxpay({
    mchid: MCHID,
    signingKeys: [MERCHANT_KEY],
    verificationKeys: VERIFICATION_KEYS,
    transport: transportTo(host),
    now: () => NOW_MS,
    ...options,
  });
}

/** The five items of an `Authorization` header. */
export function credentialsOf(authorization = ''): Record<string, string> {
  const [, items = ''] = /^WECHATPAY2-SHA256-RSA2048 (.*)$/.exec(authorization) ?? [];
  return Object.fromEntries(
    items.split(',').map((item) => {
      const [, name = '', value = ''] = /^([a-z_]+)="(.*)"$/.exec(item) ?? [];
      return [name, value];
    }),
  );
}
