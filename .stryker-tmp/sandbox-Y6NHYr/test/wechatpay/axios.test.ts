import { axios, AxiosError, AxiosHeaders } from '../../lambda/wechatpay/axios';

test('axios is loaded whole, and what was kept from it is there again afterwards', () => {
  expect(axios.create({ timeout: 5 }).defaults.timeout).toBe(5);
  expect(axios.isAxiosError(new AxiosError())).toBe(true);
  expect(new AxiosHeaders({ a: '1' }).get('A')).toBe('1');
  expect([typeof FormData, typeof Request, typeof Response]).toEqual(['function', 'function', 'function']);
  expect(new FormData()).toBeInstanceOf(FormData);
});
