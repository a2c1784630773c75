import type { Mchid, ServiceId, SubMchid } from '../../lambda/core/ids';
import { DEFAULT_POLICY, type Policy } from '../../lambda/core/policy';
import { APIV3_KEY, MCHID, OTHER_MCHID } from '../support/keys';
import type { Answer } from '../support/api';
import { DAY, HOUR, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const PROVIDER = `/v1/merchants/${MCHID}/policies`;
const OF_SUB = `${PROVIDER}/${SUB_MCHID}`;
const OF_SERVICE = `${OF_SUB}/${SERVICE_ID}`;
const LEVELS = [OF_SERVICE, OF_SUB, PROVIDER] as const;

beforeEach(async () => {
  const { admin } = world.services;
  const level = { mchid: MCHID as Mchid, sub_mchid: SUB_MCHID as SubMchid };
  const targets = [{ mchid: level.mchid }, level, { ...level, service_id: SERVICE_ID as ServiceId }] as const;
  const removed = targets.map((target) => admin.savePolicy(target, undefined, 'test', world.clock.now()));
  await Promise.all(removed);
});

const get = (path: string) => world.api.at('GET', path);
const put = (path: string, layer: unknown) => world.api.at('PUT', path, layer as object);
const effectiveOf = ({ body }: Answer) => body['effective'] as Policy;
const iso = (at: number) => new Date(at).toISOString();

describe('the policy in force', () => {
  test('is the default where nobody has said anything', async () => {
    const answer = await get(`/v1/merchants/77/policies/1/2`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      level: { mchid: '77', sub_mchid: '1', service_id: '2' },
      effective: {
        first_attempt_after_hours: 24,
        time_zone: 'Asia/Shanghai',
        windows: [{ from: '08:00', to: '21:00' }],
        min_gap_minutes: 360,
        attempts_per_day_max: 1,
        attempts_per_30_days_max: 8,
        exhausting_day: 20,
        last_attempt_day: 25,
      },
      effective_version: 'default',
      stored: null,
    });
    expect(effectiveOf(answer)).toEqual(DEFAULT_POLICY);
    expect(answer.body['sources']).toMatchObject({ windows: { level: 'default', version: 0 } });
  });

  test('takes each value from the narrowest level that names it, and says from which', async () => {
    await put(PROVIDER, { min_gap_minutes: 60, attempts_max: 5, last_attempt_day: 22 });
    await put(OF_SUB, { min_gap_minutes: 90, attempts_max: 6 });
    await put(OF_SERVICE, { min_gap_minutes: 120 });
    const answer = await get(OF_SERVICE);
    expect(answer.body).toMatchObject({
      effective: { min_gap_minutes: 120, attempts_max: 6, last_attempt_day: 22, exhausting_day: 20 },
      sources: {
        min_gap_minutes: { level: 'service' },
        attempts_max: { level: 'sub_merchant' },
        last_attempt_day: { level: 'provider' },
        exhausting_day: { level: 'default', version: 0 },
      },
      effective_version: expect.stringMatching(/^provider:\d+ sub_merchant:\d+ service:\d+$/) as string,
      stored: {
        layer: { min_gap_minutes: 120 },
        changed_by: 'arn:aws:iam::000000000000:user/local',
        changed_at: iso(world.clock.now()),
      },
    });
    expect(effectiveOf(await get(OF_SUB))).toMatchObject({ min_gap_minutes: 90, attempts_max: 6 });
    expect(effectiveOf(await get(PROVIDER))).toMatchObject({ min_gap_minutes: 60, attempts_max: 5 });
  });

  test('of another merchant, sub-merchant or service is not touched by it', async () => {
    await put(OF_SERVICE, { attempts_max: 3 });
    for (const path of [OF_SUB, `${OF_SUB}/9`, `${PROVIDER}/9/${SERVICE_ID}`, PROVIDER])
      expect(effectiveOf(await get(path))).toMatchObject({ attempts_max: 8 });
    const other = `/v1/merchants/${OTHER_MCHID}/policies/${SUB_MCHID}/${SERVICE_ID}`;
    expect(effectiveOf(await get(other))).toMatchObject({ attempts_max: 50 });
  });

  test('is what the level says after a PUT, and nothing that it said before', async () => {
    await put(OF_SUB, { attempts_max: 3, min_gap_minutes: 30 });
    const answer = await put(OF_SUB, { attempts_max: 4 });
    expect(answer.status).toBe(200);
    expect(effectiveOf(answer)).toMatchObject({ attempts_max: 4, min_gap_minutes: 360 });
    expect(answer.body).toMatchObject({ stored: { layer: { attempts_max: 4 } } });
  });

  test('is that of the levels above after a DELETE; the version goes on', async () => {
    const { body } = await put(OF_SUB, { attempts_max: 3 });
    const { version } = body['stored'] as { version: number };
    const answer = await world.api.at('DELETE', OF_SUB);
    expect(answer).toMatchObject({
      status: 200,
      body: { effective: { attempts_max: 8 }, stored: { layer: null, version: version + 1 } },
    });
    expect((await put(OF_SUB, {})).body).toMatchObject({ stored: { layer: {}, version: version + 2 } });
  });
});

describe('a change', () => {
  test('holds for the very next decision, and the attempt records the version that allowed it', async () => {
    const ref = world.order();
    await world.register(ref);
    expect((await world.api.collect(ref)).body).toMatchObject({ held_back: { because: 'first_attempt' } });
    const { body } = await put(OF_SERVICE, { first_attempt_after_hours: 0 });
    const version = (body['stored'] as { version: number }).version;
    expect((await world.api.collect(ref)).status).toBe(202);
    expect((await world.ledger(ref)).open?.decided).toEqual({ rule: 'demand', policy: `service:${version}` });
  });

  test('is previewed: what the schedule does next with the orders that it touches, before and after', async () => {
    const [sub_mchid, service_id] = ['1900000401', '00004000000000000000000000000002'];
    const ref = world.order({ sub_mchid, service_id });
    const other = world.order({ sub_mchid });
    const now = world.clock.now();
    await world.register(ref);
    await world.register(other);
    const path = `${PROVIDER}/${sub_mchid}/${service_id}?dry_run=true`;
    const answer = await put(path, { first_attempt_after_hours: 48 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      effective: { first_attempt_after_hours: 48 },
      stored: null,
    });
    expect(answer.body['preview']).toMatchObject([
      {
        order: ref,
        before: { action: 'wait', because: 'first_attempt', until: iso(now + DAY) },
        after: { action: 'wait', because: 'first_attempt', until: iso(now + 2 * DAY) },
      },
    ]);
    expect((await put(`${PROVIDER}/${sub_mchid}?dry_run=true`, {})).body['preview']).toHaveLength(2);
  });

  test('shows in its preview the orders that are only watched and would be collected again', async () => {
    const path = `${PROVIDER}/1900000404`;
    const ref = world.order({ sub_mchid: '1900000404' });
    await world.register(ref, { completed_at: iso(world.clock.now() - 30 * DAY) });
    await world.api.query(ref);
    expect((await put(`${path}?dry_run=true`, { last_attempt_day: 60 })).body['preview']).toMatchObject([
      { order: ref, before: { action: 'stop', because: 'last_day' }, after: { action: 'collect' } },
    ]);
  });

  test('shows at most 10 orders in its preview', async () => {
    const sub_mchid = '1900000402';
    for (let n = 0; n < 12; n += 1) await world.register(world.order({ sub_mchid }));
    expect((await put(`${PROVIDER}/${sub_mchid}`, {})).body['preview']).toHaveLength(10);
  });

  test('in a dry run stores nothing, neither PUT nor DELETE', async () => {
    await put(OF_SUB, { attempts_max: 3 });
    const before = await get(OF_SUB);
    const received = world.received();
    expect((await put(`${OF_SUB}?dry_run=true`, { attempts_max: 4 })).body).toMatchObject({
      dry_run: true,
      effective: { attempts_max: 4 },
      stored: { layer: { attempts_max: 3 } },
    });
    expect((await world.api.at('DELETE', `${OF_SUB}?dry_run=true`)).body).toMatchObject({
      dry_run: true,
      effective: { attempts_max: 8 },
    });
    expect((await get(OF_SUB)).body).toEqual(before.body);
    expect(world.received()).toBe(received);
  });

  test('on a version that somebody else has changed is 409, and changes nothing', async () => {
    const { body } = await put(OF_SUB, { attempts_max: 3 });
    const { version } = body['stored'] as { version: number };
    expect((await put(`${OF_SUB}?version=${version}`, { attempts_max: 4 })).status).toBe(200);
    for (const late of [
      await put(`${OF_SUB}?version=${version}`, { attempts_max: 5 }),
      await world.api.at('DELETE', `${OF_SUB}?version=${version}`),
      await put(`${OF_SUB}?version=0`, { attempts_max: 5 }),
    ]) {
      expect(late).toMatchObject({
        status: 409,
        body: {
          type: 'urn:payscore-collector:problem:policy-changed',
          detail: 'Nothing was changed: this level has another version by now. GET it, and decide again.',
        },
      });
    }
    expect((await get(OF_SUB)).body).toMatchObject({ stored: { layer: { attempts_max: 4 } } });
  });

  test('in a dry run is refused on a version that is not the present one, as it would be in earnest', async () => {
    const { body } = await put(OF_SUB, { attempts_max: 3 });
    const { version } = body['stored'] as { version: number };
    for (const late of [version - 1, version + 1, 0]) {
      const query = `?dry_run=true&version=${late}`;
      for (const answer of [
        await put(`${OF_SUB}${query}`, { attempts_max: 4 }),
        await world.api.at('DELETE', `${OF_SUB}${query}`),
      ])
        expect(answer).toMatchObject({
          status: 409,
          body: { type: 'urn:payscore-collector:problem:policy-changed' },
        });
    }
    expect((await put(`${OF_SUB}?dry_run=true&version=${version}`, {})).status).toBe(200);
  });

  test('in a dry run shows the version that it would be, after a removal too', async () => {
    const path = `${PROVIDER}/1900000405`;
    const shown = (version: number) => ({
      status: 200,
      body: {
        effective_version: `sub_merchant:${version}`,
        sources: { attempts_max: { level: 'sub_merchant', version } },
      },
    });
    expect(await put(`${path}?dry_run=true`, { attempts_max: 4 })).toMatchObject(shown(1));
    expect(await put(path, { attempts_max: 4 })).toMatchObject(shown(1));
    expect((await world.api.at('DELETE', path)).body).toMatchObject({ stored: { version: 2 } });
    expect(await put(`${path}?dry_run=true`, { attempts_max: 4 })).toMatchObject(shown(3));
    expect(await put(path, { attempts_max: 4 })).toMatchObject(shown(3));
  });

  test('on version 0 is the first that this level ever had, of many at once too', async () => {
    const path = `${PROVIDER}/1900000403?version=0`;
    const answers = await Promise.all([1, 2, 3, 4, 5].map((max) => put(path, { attempts_max: max })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
  });
});

describe('a policy with faults', () => {
  test('is refused with every one of them, of the path and the query string too, and stores nothing', async () => {
    const answer = await put(`${PROVIDER}/x?version=-1&dry_run=yes&now=1`, {
      first_atempt_after_hours: 1,
      min_gap_minutes: 2,
      windows: [{ from: '08:00', to: '8' }, 'always'],
      time_zone: 'Beijing',
    });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toEqual([
      { field: 'sub_mchid', rule: 'is not a merchant number: 1 to 32 digits' },
      { field: 'version', rule: 'is not a whole number from 0 to 999999999' },
      { field: 'dry_run', rule: 'is not true or false' },
      { field: '', rule: 'has fields that are not known here: now' },
      {
        field: 'first_atempt_after_hours',
        rule: 'is not known here; did you mean first_attempt_after_hours?',
      },
      { field: 'time_zone', rule: 'is not a time zone such as Asia/Shanghai' },
      { field: 'windows[0].to', rule: 'is not a time from 00:00 to 24:00' },
      { field: 'windows[1]', rule: 'is not an object' },
      { field: 'min_gap_minutes', rule: 'is not a whole number from 3 to 43200' },
    ]);
  });

  test.each<readonly [unknown, string, string]>([
    [[], '', 'is not an object'],
    ['text', '', 'is not an object'],
    [null, '', 'is not an object'],
    [{ attempts_maxx: 1 }, 'attempts_maxx', 'is not known here; did you mean attempts_max?'],
    [{ colour: 'red' }, 'colour', 'is not known here'],
    [{ min_gap_minutes: 0 }, 'min_gap_minutes', 'is not a whole number from 3 to 43200'],
    [{ attempts_max: '8' }, 'attempts_max', 'is not a whole number from 1 to 50'],
    [{ attempts_max: null }, 'attempts_max', 'is not a whole number from 1 to 50'],
    [{ decline_ladder_hours: [] }, 'decline_ladder_hours', 'is not a list of 1 to 20'],
    [{ exhausting_day: 26 }, 'exhausting_day', 'is later than last_attempt_day'],
    [
      { quiet_hours: [{ from: '08:00', to: '21:00' }] },
      'quiet_hours',
      'leaves no minute in which a collection is allowed',
    ],
  ])('%j: %s %s', async (layer, field, rule) => {
    expect(await put(OF_SUB, layer)).toMatchObject({ status: 400, body: { errors: [{ field, rule }] } });
    expect((await get(OF_SUB)).body).toMatchObject({ stored: { layer: null } });
  });

  test('between levels is refused at whichever level it would come from, and names the other', async () => {
    expect((await put(OF_SUB, { exhausting_day: 24 })).status).toBe(200);
    expect((await put(OF_SERVICE, { exhausting_day: 25 })).status).toBe(200);
    expect(await put(PROVIDER, { last_attempt_day: 22 })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { field: 'exhausting_day', rule: `is later than last_attempt_day, for sub_mchid ${SUB_MCHID}` },
          {
            field: 'exhausting_day',
            rule: `is later than last_attempt_day, for sub_mchid ${SUB_MCHID}, service_id ${SERVICE_ID}`,
          },
        ],
      },
    });
    expect((await get(PROVIDER)).body).toMatchObject({ stored: { layer: null } });
  });

  test('that a DELETE would leave behind is refused', async () => {
    await put(PROVIDER, { last_attempt_day: 40 });
    await put(OF_SERVICE, { exhausting_day: 35 });
    const answer = await world.api.at('DELETE', PROVIDER);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toHaveLength(1);
    expect(effectiveOf(await get(PROVIDER))).toMatchObject({ last_attempt_day: 40 });
  });

  test.each([
    [`${PROVIDER}?sub_mchid=${SUB_MCHID}`, 'sub_mchid'],
    [`${PROVIDER}?service_id=${SERVICE_ID}`, 'service_id'],
    [`${OF_SUB}?service_id=${SERVICE_ID}`, 'service_id'],
    [`${OF_SUB}?sub_mchid=9`, 'sub_mchid'],
  ])('%s does not reach another level than its path names', async (path, field) => {
    const rule = 'belongs into the path, not into the query string';
    for (const answer of [
      await get(path),
      await put(path, { attempts_max: 1 }),
      await world.api.at('DELETE', path),
    ])
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field, rule }] } });
    for (const level of LEVELS) expect(effectiveOf(await get(level))).toMatchObject({ attempts_max: 8 });
  });

  test('never gets a value back', async () => {
    const answer = await put(OF_SUB, { time_zone: APIV3_KEY, windows: APIV3_KEY, [`${HOUR}`]: APIV3_KEY });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(APIV3_KEY);
  });

  test('that is no JSON, or too long, is refused as every body is', async () => {
    const headers = { 'content-type': 'application/json' };
    const send = (body: string) => world.api.send({ method: 'PUT', path: OF_SUB, headers, body });
    expect(await send('{')).toMatchObject({ status: 400, body: { title: 'Body is not JSON' } });
    expect((await send(`{"avoid_dates":["${'x'.repeat(17_000)}"]}`)).status).toBe(413);
  });
});
