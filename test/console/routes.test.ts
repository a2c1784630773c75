import { addressOf, parseRoute, type Route } from '../../console/src/app/routes';

const ROUTES: readonly Exclude<Route, { page: 'unknown' }>[] = [
  { page: 'home' },
  { page: 'overview', mchid: '19' },
  { page: 'orders', mchid: '19', filter: {} },
  { page: 'orders', mchid: '19', filter: { status: 'paid', sub_mchid: '12' } },
  { page: 'orders', mchid: '19', filter: { find: 'A|B*C' } },
  { page: 'order', mchid: '19', sub_mchid: '12', out_order_no: 'BIKE|1003*A' },
  { page: 'merchants', mchid: '19' },
  { page: 'policies', mchid: '19' },
  { page: 'policies', mchid: '19', sub_mchid: '12' },
  { page: 'policies', mchid: '19', sub_mchid: '12', service_id: '3' },
  { page: 'import', mchid: '19' },
];

test.each(ROUTES)('the address of %j leads there', (route) => {
  expect(parseRoute(addressOf(route))).toEqual(route);
});

test('a merchant alone is his overview, and no fragment is the start', () => {
  expect(parseRoute('#/19')).toEqual({ page: 'overview', mchid: '19' });
  expect(parseRoute('')).toEqual({ page: 'home' });
});

test.each(['#/x', '#/19/nowhere', '#/19/orders/12', '#/19/orders/1/2/3'])('%s names no page', (fragment) => {
  expect(parseRoute(fragment)).toEqual({ page: 'unknown' });
});

test('an address that does not decode is taken as it is', () => {
  expect(parseRoute('#/19/orders/12/%zz')).toEqual({
    page: 'order',
    mchid: '19',
    sub_mchid: '12',
    out_order_no: '%zz',
  });
});
