import { startWorld, type World } from '../support/world';
import { fuzz, type Surface } from './campaign';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const progress = () => undefined;

/** `npm run fuzz` sends many more. */
test.each<Surface>(['api', 'notifications'])(
  'no request to %s whatever yields a 5xx, hangs, tells a secret or reaches /pay when it is refused, and what is refused leaves no trace',
  async (surface) => {
    const { failure, counts } = await fuzz({ world, surface, requests: 300, seed: 20_260_302, progress });
    expect(failure).toBeNull();
    expect(counts.inProcess + counts.overHttp + counts.bytes).toBe(300);
    // Were all of them refused for one reason, nothing would have been tried.
    expect(Object.keys(counts.statuses).length).toBeGreaterThan(4);
  },
  120_000,
);

test('an answer that may not be is told with the smallest request that shows it', async () => {
  const gateway: World['gateway'] = async (request, body) => {
    if (request.url?.endsWith('/openapi.json') === true) throw new Error('the function failed on purpose');
    return world.gateway(request, body);
  };
  const { failure } = await fuzz({
    world: { ...world, gateway },
    surface: 'api',
    requests: 300,
    seed: 5,
    progress,
  });
  expect(failure).toMatchObject({
    fault: expect.stringContaining('the function failed on purpose'),
    reproduce: `curl -sS --globoff --path-as-is -X GET "$URL"'/openapi.json'`,
  });
}, 120_000);
