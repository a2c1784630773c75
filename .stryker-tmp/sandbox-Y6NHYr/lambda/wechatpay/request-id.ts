import type { WireHeaders } from './verify';

/** The `Request-ID` header: on every answer, what WeChat Pay's support asks for. */
export function requestId(headers: WireHeaders): string | undefined {
  const value = headers['request-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The digits after the last `-` of a Request-ID: a stable machine-readable reason, far better to judge by than
 * the Chinese message. `0` is what fine answers carry.
 */
export function subCode(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /-(\d{1,12})$/.exec(id)?.[1];
}
