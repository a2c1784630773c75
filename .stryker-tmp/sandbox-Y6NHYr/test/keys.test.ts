import type { FlowEvent } from '../lambda/core/event';
import type { Services } from '../lambda/services';
import { createApiCertificate, type ApiCertificate } from '../local/wechatpay';
import { APIV3_KEY } from './support/keys';
import { DAY, MINUTE, putSecrets, START, startWorld, type World } from './support/world';

const ENDING = '1900000890';
const LIFETIME = 5 * 365 * DAY;

let world: World;
let certificate: ApiCertificate;

beforeAll(async () => {
  // It lives five years from the beginning of a day: twenty more days from noon.
  certificate = await createApiCertificate(ENDING, START - LIFETIME + 21 * DAY);
  world = await startWorld({
    merchants: [{ mchid: ENDING, apiv3_key: APIV3_KEY, certificates: [certificate] }],
  });
  putSecrets(world.secrets, ENDING, certificate);
});
afterAll(async () => world.close());

/** Fresh services, whose events are kept. */
function recorded(): { services: Services; events: FlowEvent[] } {
  const services = world.newServices();
  const events: FlowEvent[] = [];
  const record = (event: FlowEvent) => void events.push(event);
  return { services: { ...services, keyCare: { ...services.keyCare, record } }, events };
}

test('a run over no merchants finds nothing to do', async () => {
  expect(await world.keys()).toEqual({ merchants: 0, renewed: 0, ending: 0, left: 0 });
});

test('an API certificate within 30 days of its end is warned of on every run, and shown with its merchant', async () => {
  expect((await world.api.collect(world.order({ mchid: ENDING }))).status).toBe(202);
  const end = {
    what: 'api_certificate',
    serial_no: certificate.serial_no,
    days_left: 20,
  };
  const { services, events } = recorded();
  expect(await world.keys(services)).toMatchObject({ merchants: 1, ending: 1 });
  const valid_to = Date.parse('2026-03-23T00:00:00Z');
  expect(events).toEqual([{ kind: 'key_ending', mchid: ENDING, ...end, valid_to }]);
  const shown = await world.api.at('GET', `/v1/merchants/${ENDING}`);
  expect(shown.body['keys']).toMatchObject({ warnings: [{ ...end, valid_to: '2026-03-23T00:00:00.000Z' }] });
});

test('the warning ends when a new generation is in the secret, without a deployment', async () => {
  const next = await createApiCertificate(ENDING, world.clock.now());
  world.simulator.merchant(ENDING).addCertificate(next);
  putSecrets(world.secrets, ENDING, next);
  expect(await world.keys()).toMatchObject({ ending: 0 });
  world.clock.forward(5 * MINUTE);
  const shown = await world.api.at('GET', `/v1/merchants/${ENDING}`);
  expect(shown.body['keys']).toMatchObject({ signing: [{ serial_no: next.serial_no }], warnings: [] });
});
