import { axios, AxiosError, AxiosHeaders } from '../../lambda/wechatpay/axios';

test('axios is loaded whole, and what was kept from it is there again afterwards', () => {
  expect(
    [AxiosError, AxiosHeaders, axios.create, axios.isAxiosError].every((part) => typeof part === 'function'),
  ).toBe(true);
  expect([typeof FormData, typeof Request, typeof Response]).toEqual(['function', 'function', 'function']);
  expect(new FormData()).toBeInstanceOf(FormData);
});
