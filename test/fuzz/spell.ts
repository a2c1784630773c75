import type { Sent } from './requests';
import type { Handing } from './wire';

/** A request as a line for the shell; `$URL` is the address of `npm start`. */
export function curlOf({ method, target, headers, body }: Sent): string {
  const given = headers.map(([name, value]) => `-H ${quoted(`${name}${value === '' ? ';' : `: ${value}`}`)}`);
  const text = body.toString('utf8');
  const isText = Buffer.from(text).equals(body) && !text.includes('\u0000');
  const data = body.length === 0 ? [] : isText ? [`--data-binary ${quoted(text)}`] : ['--data-binary @-'];
  const line = [
    'curl -sS --globoff --path-as-is',
    `-X ${method}`,
    ...given,
    ...data,
    `"$URL"${quoted(target)}`,
  ].join(' ');
  return isText ? line : `printf %s ${quoted(body.toString('base64'))} | base64 -d | ${line}`;
}

/** Bytes, as a line that sends them. */
export function bytesLineOf({ pieces, end }: Handing): string {
  const bytes = Buffer.concat([...pieces]).toString('base64');
  const how = `${pieces.length} pieces, end ${end}`;
  return `printf %s ${quoted(bytes)} | base64 -d | nc -N 127.0.0.1 PORT   # ${how}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
