import { networkInterfaces } from 'node:os';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { chooseHost, resolveAddress, AddressNotAllowedError } from './resolve-address';
import { parseAddress } from './purchase-address';

/** IPv4 addresses of this machine that other machines can reach, if it has any. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

test.each([
  ['http://127.0.0.1:81/buy?x=1', '127.0.0.1'],
  ['http://127.9.8.7:81/buy', '127.9.8.7'],
  ['http://[::1]:81/buy', '::1'],
  ['http://[::ffff:127.0.0.1]:81/buy', '::ffff:7f00:1'],
  // other spellings of loopback that a URL understands
  ['http://2130706433:81/buy', '127.0.0.1'],
  ['http://0x7f.1:81/buy', '127.0.0.1'],
])('%s is loopback', async (address, host) => {
  expect(await resolveAddress(address, {})).toMatchObject({ host, port: 81 });
});

test('a name is looked up once, and keeps its place in the request', async () => {
  const found = await resolveAddress('http://localhost:81/buy', {});
  expect(found.host).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(found.head).toContain('host: localhost:81');
});

test('of the addresses of a name the first is taken where somebody listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const found = parseAddress(`http://localhost:${port}/buy`);
  expect((await chooseHost(found, ['::1', '127.0.0.1'])).host).toBe('127.0.0.1');
  expect((await chooseHost(found, ['127.0.0.1', '::1'])).host).toBe('127.0.0.1');
  // nobody listens: whoever connects says so
  expect((await chooseHost({ ...found, port: 1 }, ['::1', '127.0.0.1'])).host).toBe('::1');
  await expect(chooseHost(found, [])).rejects.toThrow(`${found.origin} cannot be found`);
});

test.each([
  'http://192.0.2.1/buy',
  'http://[2001:db8::1]/buy',
  'http://[::ffff:192.0.2.1]/buy',
  // the whole of the internet, and the metadata service of clouds
  'http://8.8.8.8/',
  'http://169.254.169.254/latest/meta-data',
  'http://0.0.0.0/buy',
  // a service of this machine may pass on what it is sent
  ...ownAddresses().map((own) => `http://${own}/buy`),
])('%s is beyond loopback, and refused unless that is allowed', async (address) => {
  await expect(resolveAddress(address, {})).rejects.toThrow(AddressNotAllowedError);
  await expect(resolveAddress(address, {})).rejects.toThrow('which is not loopback');
  expect((await resolveAddress(address, { allowRemote: true })).port).toBe(80);
});

test('the address that this server listens on itself is allowed, and no other', async () => {
  expect((await resolveAddress('http://192.0.2.1/buy', { ownHost: '192.0.2.1' })).host).toBe('192.0.2.1');
  const other = resolveAddress('http://192.0.2.2/buy', { ownHost: '192.0.2.1' });
  await expect(other).rejects.toThrow(AddressNotAllowedError);
});

test.each([
  ['https://127.0.0.1/buy', 'is not an http:// address'],
  ['file:///etc/passwd', 'is not an http:// address'],
  ['http://no-such-host.invalid/buy', 'http://no-such-host.invalid cannot be found'],
  ['http://user:secret@127.0.0.1/buy', 'must not contain a name or password'],
  ['nonsense', 'is not an http:// address'],
])('%s is no found: %s', async (address, message) => {
  await expect(resolveAddress(address, { allowRemote: true })).rejects.toThrow(message);
});
