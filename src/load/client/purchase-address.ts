import { LOAD_KEY_HEADER } from '@/scenarios/inventory/lab-item';

/** A purchase route as a connection needs it. */
export interface PurchaseAddress {
  host: string;
  port: number;
  /** Request line and headers up to the value of Content-Length. */
  head: string;
  /** Shown in messages. */
  origin: string;
}

/** The port that an address names, whether the number is a valid port or not. */
const NAMED_PORT = /^http:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i;

/**
 * `loadKey`: that of the server, if it is our own. @throws Error when purchases cannot be sent to the address
 */
export function parseAddress(address: string, loadKey?: string): PurchaseAddress {
  const port = Number(NAMED_PORT.exec(address)?.[1] ?? 80);
  if (port < 1 || port > 65_535)
    throw new Error(`${address} has port ${port}, and ports are from 1 to 65535`);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:') throw new Error(`${address} is not an http:// address`);
  if (url.username !== '' || url.password !== '')
    throw new Error(`${url.host}: the address must not contain a name or password`);
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    ...(loadKey === undefined ? [] : [`${LOAD_KEY_HEADER}: ${loadKey}`]),
    'content-length: ',
  ];
  return {
    // a URL writes IPv6 addresses in brackets, a socket does not
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    head: lines.join('\r\n'),
    origin: url.origin,
  };
}

/** The whole request. `body` is ASCII. */
export function toRequest(address: PurchaseAddress, body: string): string {
  return `${address.head}${body.length}\r\n\r\n${body}`;
}

/** The same JSON with everything beyond ASCII escaped, so that its length in bytes is its length. */
export function toAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
