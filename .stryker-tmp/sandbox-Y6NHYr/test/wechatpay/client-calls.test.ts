import { clientTo, closeTransports, transportTo } from './support/client';
import { clientOf, rejection } from './support/client-of';
import { answer, closedPort, closeServers, NOW_MS, serve, type Handler } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const IDS = { service_id: '500001', sub_mchid: '1900000109' };
const NUMBER = { out_order_no: '1234323JKHDFE1243252' };

const noContent: Handler = (_, response) => answer(response, 204);

describe('what became of a call without an answer is told apart', () => {
  test('NOT_SENT when it surely never left', async () => {
    const { pay } = clientTo(`http://127.0.0.1:${await closedPort()}`).v3.payscore.partner.serviceorder
      ._out_order_no_;
    await expect(pay(IDS, NUMBER)).rejects.toMatchObject({
      code: 'NOT_SENT',
      message: 'The request was not sent (connect_failed: ECONNREFUSED).',
      data: { because: 'connect_failed' },
    });
  });

  test('NOT_SENT when send_by has passed', async () => {
    const { server, pay } = await clientOf(noContent);
    await expect(pay(IDS, { ...NUMBER, send_by: NOW_MS })).rejects.toMatchObject({
      code: 'NOT_SENT',
      data: { because: 'send_by_passed' },
    });
    expect(server.bytes()).toBe(0);
  });

  test('NO_ANSWER when it may have left', async () => {
    const { server, pay } = await clientOf((_, response) => response.destroy());
    await expect(pay(IDS, NUMBER)).rejects.toMatchObject({
      code: 'NO_ANSWER',
      message: 'No whole answer came back (connection_lost: ECONNRESET).',
      data: { because: 'connection_lost' },
    });
    expect(server.arrivals).toHaveLength(1);
  });

  test('called off before it begins it is a cancellation, and nothing is sent', async () => {
    const { server, pay } = await clientOf(noContent);
    const error = await rejection(pay(IDS, { ...NUMBER, signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ERR_CANCELED' });
    expect(server.connections()).toBe(0);
  });

  test('called off after it was sent it is a cancellation, and not sent again', async () => {
    const abort = new AbortController();
    const { server, pay } = await clientOf(() => abort.abort());
    const error = await rejection(pay(IDS, { ...NUMBER, signal: abort.signal }));
    expect(error).toMatchObject({ code: 'ERR_CANCELED' });
    expect(server.arrivals).toHaveLength(1);
  });
});

describe('every call has a time limit', () => {
  test.each([
    [undefined, 4_321],
    [0, 4_321],
    [1_500, 1_500],
  ])('timeout %p gives it %d ms', async (timeout, timeoutMs) => {
    const server = await serve(noContent);
    const transport = transportTo(server.url);
    const send = jest.spyOn(transport, 'send');
    const { pay } = clientTo(server.url, { transport, timeoutMs: 4_321 }).v3.payscore.partner.serviceorder
      ._out_order_no_;
    await pay(IDS, timeout === undefined ? NUMBER : { ...NUMBER, timeout });
    expect(send.mock.calls[0]?.[0].timeoutMs).toBe(timeoutMs);
  });

  test('without any other word it is ten seconds', async () => {
    const server = await serve(noContent);
    const transport = transportTo(server.url);
    const send = jest.spyOn(transport, 'send');
    await clientTo(server.url, { transport }).v3.payscore.partner.serviceorder._out_order_no_.pay(
      IDS,
      NUMBER,
    );
    expect(send.mock.calls[0]?.[0].timeoutMs).toBe(10_000);
  });

  test('an answer that does not come in time is none', async () => {
    const { pay } = await clientOf(() => undefined);
    await expect(pay(IDS, { ...NUMBER, timeout: 30 })).rejects.toMatchObject({
      code: 'NO_ANSWER',
      data: { because: 'timeout' },
    });
  });
});
