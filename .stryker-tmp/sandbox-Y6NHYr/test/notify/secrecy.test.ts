import { MCHID, SECRET_TEXTS } from '../support/keys';
import { BY_CERTIFICATE, BY_PUBLIC_KEY } from '../support/notifications';
import { PREFIX, startWorld, type World } from '../support/world';
import { newInstance, paidBody, pendingOrder, send } from './support';

let world: World;
const written: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
      written.push(String(chunk));
      for (const told of rest) if (typeof told === 'function') told();
      return true;
    });
  }
  world = await startWorld({ logLevel: 'DEBUG' });
});
afterAll(async () => {
  await world.close();
  jest.restoreAllMocks();
});

test('no log line and no answer tells a key, who paid, or what is encrypted, whatever comes in', async () => {
  const ref = await pendingOrder(world);
  const other = { apiv3Key: 'AnotherKeyOf32CharactersLength00' };
  const forged = { serial: BY_PUBLIC_KEY.serial, key: BY_CERTIFICATE.key };
  const answers = [
    await send(world, paidBody(world, ref)),
    await send(world, paidBody(world, world.order())),
    await send(world, paidBody(world, ref, undefined, { eventType: 'PAYSCORE.USER_CONFIRM' })),
    await send(world, paidBody(world, ref), { by: forged }),
    await send(world, paidBody(world, ref, undefined, other)),
    await send(world, '{"resource":{"ciphertext":"x"}}'),
    await send(world, paidBody(world, ref), { mchid: '1900009999' }),
  ];
  // A key in the wrong place of a secret is quoted by many a parser.
  const [secret = ''] = SECRET_TEXTS;
  world.secrets.put(`${PREFIX}/${MCHID}/verify`, JSON.stringify({ mchid: MCHID, [secret]: secret }));
  const fresh = await newInstance(world);
  answers.push(await send(world, paidBody(world, ref), { url: fresh.url }));
  await fresh.close();

  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 401, 500, 400, 404, 503]);
  const text = [...written, ...answers.map((answer) => answer.text)].join('\n');
  expect(text.match(/"came_to":"\w+"/g)).toHaveLength(8);
  for (const hidden of [...SECRET_TEXTS, 'oUpF8uMuAJO', 'openid', '充电服务', 'ciphertext'])
    expect(text.includes(hidden) ? hidden : undefined).toBeUndefined();
});
