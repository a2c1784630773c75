import { AxiosError } from 'axios';
import { PayscoreError } from '../../lambda/core/errors';
import type { PostCall, RequestConfig } from '../../lambda/wechatpay/client';
import { clientTo, closeTransports, credentialsOf } from './support/client';
import { clientOf, rejection } from './support/client-of';
import { PLATFORM_SERIAL, PUBLIC_KEY_ID } from './support/keys';
import { answer, closeServers, NOW_S, serve, signedHeaders, type Handler } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const IDS = { service_id: '500001', sub_mchid: '1900000109' };
const NUMBER = { out_order_no: '1234323JKHDFE1243252' };

const noContent: Handler = (_, response) => answer(response, 204);

const forged: Handler = (_, response) => {
  response.writeHead(200, { ...signedHeaders('{"state":"DOING"}'), 'request-id': 'ABC-7' });
  response.end('{"state":"DONE"}');
};

const declined: Handler = (_, response) =>
  answer(response, 403, '{"code":"TRADE_ERROR","message":"扣款失败"}', '08F1-271316574');

describe('the tree is spelled like the paths', () => {
  test.each([
    ['pay', IDS, '{"service_id":"500001","sub_mchid":"1900000109"}'],
    [
      'sync',
      { ...IDS, type: 'Order_Paid', detail: { paid_time: '20231115' } },
      '{"service_id":"500001","sub_mchid":"1900000109","type":"Order_Paid","detail":{"paid_time":"20231115"}}',
    ],
    [
      'modify',
      { sub_mchid: '1900000109', post_payments: [{ amount: 1 }], total_amount: 1, reason: '多收' },
      '{"sub_mchid":"1900000109","post_payments":[{"amount":1}],"total_amount":1,"reason":"多收"}',
    ],
    ['cancel', { sub_mchid: '1900000109', reason: '取消' }, '{"sub_mchid":"1900000109","reason":"取消"}'],
  ] as const)('%s posts to the order, by its verb and by the shorthand alike', async (action, data, body) => {
    const { server, _out_order_no_: order } = await clientOf(noContent);
    const call = order[action] as PostCall<unknown, ''>;
    const answers = [await call(data, NUMBER), await call.post(data, NUMBER)];
    expect(answers.map(({ status, data: text }) => [status, text])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    const arrived = server.arrivals.map(({ method, url, body: sent }) => [method, url, sent.toString()]);
    const expected = ['POST', `/v3/payscore/partner/serviceorder/1234323JKHDFE1243252/${action}`, body];
    expect(arrived).toEqual([expected, expected]);
  });

  test('serviceorder.get queries by exactly the number it was given', async () => {
    const { server, get } = await clientOf((_, response) => answer(response, 200, '{"state":"DOING"}'));
    const { data } = await get({ params: { ...IDS, out_order_no: 'A1' } });
    await get({ params: { ...IDS, query_id: 'q/1', out_order_no: undefined as never } });
    expect(data).toEqual({ state: 'DOING' });
    expect(server.arrivals.map(({ url }) => url)).toEqual([
      '/v3/payscore/partner/serviceorder?service_id=500001&sub_mchid=1900000109&out_order_no=A1',
      '/v3/payscore/partner/serviceorder?service_id=500001&sub_mchid=1900000109&query_id=q%2F1',
    ]);
  });

  test('certificates.get takes no arguments', async () => {
    const { server, v3 } = await clientOf((_, response) => answer(response, 200, '{"data":[]}'));
    const { data } = await v3.certificates.get();
    expect(data).toEqual({ data: [] });
    expect(server.arrivals[0]?.url).toBe('/v3/certificates');
  });
});

describe('every request carries what WeChat Pay wants', () => {
  test('on a call with a body', async () => {
    const { server, pay } = await clientOf(noContent);
    await pay(IDS, NUMBER);
    expect(server.arrivals[0]?.headers).toEqual({
      accept: 'application/json',
      'accept-language': 'zh-CN',
      'user-agent': expect.stringMatching(
        /^payscore-collector\/\d+\.\d+\.\d+ Node\.js\/\d+\.\d+\.\d+$/,
      ) as string,
      'content-type': 'application/json',
      'content-length': '48',
      authorization: expect.stringMatching(/^WECHATPAY2-SHA256-RSA2048 mchid="1900009191",/) as string,
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
    });
  });

  test('on a call without a body there is neither type nor length', async () => {
    const { server, v3 } = await clientOf((_, response) => answer(response, 200, '{"data":[]}'));
    await v3.certificates.get();
    expect(Object.keys(server.arrivals[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-language',
      'authorization',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  test('Wechatpay-Serial names the key that answers are to be signed with', async () => {
    const server = await serve(noContent);
    const { pay } = clientTo(server.url, { answerKey: () => PLATFORM_SERIAL }).v3.payscore.partner
      .serviceorder._out_order_no_;
    await pay(IDS, NUMBER);
    await pay(IDS, { ...NUMBER, headers: { 'Wechatpay-Serial': PUBLIC_KEY_ID } });
    expect(server.arrivals.map(({ headers }) => headers['wechatpay-serial'])).toEqual([
      '7132D72A03E93CDDF8C03BBD1F37EEDF5A0C1E2B',
      'PUB_KEY_ID_0119000091912025010100001234',
    ]);
  });

  test('the key that answers are to be signed with is another one as soon as there is a newer', async () => {
    const server = await serve(noContent);
    const keys = [PLATFORM_SERIAL, PUBLIC_KEY_ID];
    const { pay } = clientTo(server.url, { answerKey: () => keys.shift() }).v3.payscore.partner.serviceorder
      ._out_order_no_;
    await pay(IDS, NUMBER);
    await pay(IDS, NUMBER);
    await pay(IDS, NUMBER);
    expect(server.arrivals.map(({ headers }) => headers['wechatpay-serial'])).toEqual([
      PLATFORM_SERIAL,
      PUBLIC_KEY_ID,
      undefined,
    ]);
  });

  test('a header set on one call replaces the fixed one, on that call only, and never the signature', async () => {
    const { server, pay } = await clientOf(noContent);
    const headers = {
      'Accept-Language': 'en',
      'User-Agent': 'other/1',
      Authorization: 'none',
      'Content-Length': '1',
    };
    await pay(IDS, { ...NUMBER, headers });
    await pay(IDS, NUMBER);
    const [first, second] = server.arrivals.map((arrival) => arrival.headers);
    expect(first).toMatchObject({ 'accept-language': 'en', 'user-agent': 'other/1', 'content-length': '48' });
    expect(credentialsOf(first?.authorization)).toMatchObject({
      mchid: '1900009191',
      timestamp: String(NOW_S),
    });
    expect(second?.['accept-language']).toBe('zh-CN');
  });
});

describe('a request that must not be sent is refused by a rejection, never by a throw', () => {
  test.each([undefined, '', 7])('out_order_no %p', async (out_order_no) => {
    const { server, pay, cancel } = await clientOf(noContent);
    const config = { out_order_no } as RequestConfig & { out_order_no: string };
    await expect(pay(IDS, config)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'out_order_no is missing in the config of pay',
    });
    await expect(cancel.post({ sub_mchid: '1', reason: 'r' }, config)).rejects.toMatchObject({
      message: 'out_order_no is missing in the config of cancel',
    });
    expect(server.connections()).toBe(0);
  });
});

describe('a 2xx is verified always', () => {
  test('one that WeChat Pay did not sign never reaches the caller', async () => {
    const { get } = await clientOf(forged);
    const error = await rejection(get({ params: { ...IDS, out_order_no: 'A1' } }));
    expect(error).toBeInstanceOf(PayscoreError);
    expect(error).toMatchObject({
      code: 'ANSWER_UNVERIFIED',
      message:
        `WeChat Pay's answer (200) could not be verified: signature_wrong (serial ${PUBLIC_KEY_ID}). ` +
        'If it was more than a query, it may have taken effect.',
      data: { status: 200, fault: 'signature_wrong', serial: PUBLIC_KEY_ID, request_id: 'ABC-7' },
    });
  });

  test('one without any signature neither, and the message names no serial', async () => {
    const { get } = await clientOf((_, response) => response.writeHead(204).end());
    await expect(get({ params: { ...IDS, out_order_no: 'A1' } })).rejects.toMatchObject({
      code: 'ANSWER_UNVERIFIED',
      message:
        "WeChat Pay's answer (204) could not be verified: header_missing. If it was more than a query, it may have taken effect.",
    });
  });

  test('a probe is a failed verification', async () => {
    const { pay } = await clientOf((_, response) => {
      const signed = signedHeaders('');
      response.writeHead(204, {
        ...signed,
        'wechatpay-signature': `WECHATPAY/SIGNTEST/${signed['wechatpay-signature']}`,
      });
      response.end();
    });
    await expect(pay(IDS, NUMBER)).rejects.toMatchObject({ data: { fault: 'signature_malformed' } });
  });

  test('validateStatus cannot turn that off', async () => {
    const { get } = await clientOf(forged);
    const params = { ...IDS, out_order_no: 'A1' };
    for (const validateStatus of [() => true, () => false, null]) {
      // eslint-disable-next-line no-await-in-loop -- one after another, each told apart
      await expect(get({ params, validateStatus })).rejects.toMatchObject({ code: 'ANSWER_UNVERIFIED' });
    }
  });

  test('a verified body that is not JSON is handed on as it is', async () => {
    const { get } = await clientOf((_, response) => answer(response, 200, '<html>'));
    const { data } = await get({ params: { ...IDS, out_order_no: 'A1' } });
    expect(data).toBe('<html>');
  });
});

describe('an error answer is an AxiosError that has a response', () => {
  test('parsed, with its headers, and without any signature to verify', async () => {
    const { pay } = await clientOf(declined);
    const error = await rejection(pay(IDS, NUMBER));
    expect(error).toBeInstanceOf(AxiosError);
    expect(error).toMatchObject({
      message: 'WeChat Pay answered 403',
      response: {
        status: 403,
        data: { code: 'TRADE_ERROR', message: '扣款失败' },
        headers: { 'request-id': '08F1-271316574' },
      },
    });
  });

  test('with validateStatus it resolves instead, and is not asked for a signature', async () => {
    const { pay } = await clientOf(declined);
    await expect(pay(IDS, { ...NUMBER, validateStatus: () => true })).resolves.toMatchObject({ status: 403 });
    await expect(pay(IDS, { ...NUMBER, validateStatus: null })).rejects.toMatchObject({
      response: { status: 403 },
    });
  });

  test('a 2xx that the caller does not want is one too, after it was verified', async () => {
    const { pay } = await clientOf(noContent);
    await expect(pay(IDS, { ...NUMBER, validateStatus: () => false })).rejects.toMatchObject({
      response: { status: 204 },
    });
  });
});
