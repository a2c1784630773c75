import { Wechatpay } from 'wechatpay-axios-plugin';
import Pay from 'wechatpay-node-v3';
import { MCHID, MERCHANT_SERIAL, PAY_DATA, payPath, PLATFORM_SERIAL, type Keys } from './merchant';

export const PLUGIN = 'wechatpay-axios-plugin 0.9.6';
export const NODE_V3 = 'wechatpay-node-v3 2.2.1';

/** The configuration its README shows, keys parsed once; `baseURL` is an option it hands on to axios. */
export function pluginConfig({ merchant, platform }: Keys, baseURL = 'https://api.mch.weixin.qq.com/') {
  return {
    mchid: MCHID,
    serial: MERCHANT_SERIAL,
    privateKey: merchant.privateKey,
    certs: { [PLATFORM_SERIAL]: platform.publicKey },
    baseURL,
  };
}

/** The plugin sends where `baseURL` says and signs the path alone: nothing is hooked. */
export function createPlugin(keys: Keys, origin: string) {
  const config = pluginConfig(keys, `${origin}/`);
  // Its types know text only; it parses it here, once.
  const wxpay = new Wechatpay({ ...config, privateKey: keys.merchant.privatePem });
  const order = wxpay['v3']?.['payscore']?.['partner']?.['serviceorder']?.['_out_order_no_'];
  const pay = order?.['pay'];
  if (pay === undefined) throw new Error('the plugin has lost its chain');
  return pay;
}

const WECHATPAY = 'https://api.mch.weixin.qq.com';

/**
 * node-v3 knows no Payscore call: its users write one like this, of the protected parts that all its own calls
 * are made of. Its host is written into each of those calls, so this one may send elsewhere without any hook;
 * what is signed is the path either way.
 */
export class NodeV3 extends Pay {
  readonly #origin: string;

  constructor({ merchant, platform }: Keys, origin = WECHATPAY) {
    super({
      appid: 'wx0123456789abcdef',
      mchid: MCHID,
      serial_no: MERCHANT_SERIAL,
      publicKey: Buffer.from(merchant.publicPem),
      privateKey: Buffer.from(merchant.privatePem),
    });
    this.#origin = origin;
    // What it puts there itself once it has fetched the certificates: PEM text.
    Pay.certificates[PLATFORM_SERIAL] = platform.publicPem;
  }

  authorization(outOrderNo: string): string {
    return this.buildAuthorization('POST', `${WECHATPAY}${payPath(outOrderNo)}`, PAY_DATA);
  }

  async pay(outOrderNo: string): Promise<number | undefined> {
    const headers = this.getHeaders(this.authorization(outOrderNo), { 'Content-Type': 'application/json' });
    const { status } = await this.httpService.post(
      `${this.#origin}${payPath(outOrderNo)}`,
      PAY_DATA,
      headers,
    );
    return status;
  }
}
