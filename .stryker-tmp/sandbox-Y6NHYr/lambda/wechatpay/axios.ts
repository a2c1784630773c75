import type axiosModule from 'axios';

/**
 * axios, loaded without what it would look for in a browser. On being loaded it asks for `FormData`, `Request` and
 * `Response`, and in Node the first mention of any of them loads the whole of fetch: 16 of the 55 ms in which a
 * function became ready. Our adapter carries the bytes, so none of the three is ever wanted. Everything here that
 * needs axios itself, and not only its types, takes it from this file.
 */
const UNWANTED = ['FormData', 'Request', 'Response'] as const;

function withoutUnwanted<T>(load: () => T): T {
  const present = UNWANTED.map((name) => {
    // Every Node this runs on has all three.
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
    Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
    return { name, descriptor };
  });
  try {
    return load();
  } finally {
    for (const { name, descriptor } of present) Object.defineProperty(globalThis, name, descriptor);
  }
}

// A plain import would be carried out before the lines above.
export const axios = withoutUnwanted(
  () => require('axios') as typeof axiosModule & { default?: typeof axiosModule },
);

export const { AxiosError, AxiosHeaders } = axios;
