import { republishAll } from '../../cli/orders/republish';
import { ServiceError, type Service } from '../../cli/orders/service';

/** One call after the other is answered with these. */
function service(answer: (call: number) => string): Service & { readonly bodies: unknown[] } {
  const bodies: unknown[] = [];
  return {
    bodies,
    call: ({ body }) => {
      bodies.push(body);
      return Promise.resolve({ status: 200, headers: new Headers(), text: answer(bodies.length) });
    },
  };
}

async function run(of: Service): Promise<readonly [number, string]> {
  const printed: string[] = [];
  const write = (text: string) => printed.push(text);
  const options = { mchid: '1900009191', url: '', since: '2026-10-01T00:00:00Z' };
  const status = await republishAll(options, of, { stdout: { write }, stderr: { write } });
  return [status, printed.join('')];
}

const page = (cursor: string | null) =>
  JSON.stringify({ events: 2, orders: 1, left_out: 0, cursor, newer: true });

test('pages are followed by their cursors, and added up', async () => {
  const pages = service((call) => page(call < 3 ? `c${call}` : null));
  expect(await run(pages)).toEqual([0, '6 events of 3 orders published\n']);
  const since = '2026-10-01T00:00:00Z';
  expect(pages.bodies).toEqual([{ since }, { since, cursor: 'c1' }, { since, cursor: 'c2' }]);
});

test.each([
  ['a page of HTML', '<html>Log in</html>'],
  ['other JSON', '{"hello":"world"}'],
  ['an empty cursor', page('')],
  ['less than nothing', '{"events":-1,"orders":0,"left_out":0,"cursor":null}'],
])('%s is no page, and is told in a line', async (_, text) => {
  await expect(run(service(() => text))).rejects.toThrow(
    new ServiceError(
      'The service answered something else than a page of what it published: is --url the address of its API?',
    ),
  );
});

test.each([1, 2, 5])('pages that run in a circle of %i come to an end', async (circle) => {
  await expect(run(service((call) => page(`c${call % circle}`)))).rejects.toThrow('pages run in a circle');
});
