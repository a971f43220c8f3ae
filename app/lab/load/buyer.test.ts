import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OUTCOMES } from '../outcome';
import { Buyer } from './buyer';
import type { Answer } from './buyer';

const TIMEOUT_MS = 300;

async function openBuyer(listener: RequestListener): Promise<Buyer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const buyer = await Buyer.open(new URL(`http://127.0.0.1:${port}/api/buy/any`), TIMEOUT_MS);
  onTestFinished(async () => {
    await buyer.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return buyer;
}

const outcomeOf = ({ outcome }: Answer) => OUTCOMES[outcome];

test('reads what the answer says of the attempt', async () => {
  const buyer = await openBuyer((request, response) => {
    expect(request.method).toBe('POST');
    response.end(
      JSON.stringify({
        outcome: 'accepted',
        orderId: '41',
        remaining: 7,
        retries: 2,
        seen: { stock: 8, version: 3 },
        trace: [2, 100, 250],
      }),
    );
  });
  const answer = await buyer.purchase('{}');
  expect(outcomeOf(answer)).toBe('accepted');
  expect(answer).toMatchObject({
    status: 200,
    orderId: 41,
    remaining: 7,
    retries: 2,
    seenStock: 8,
    seenVersion: 3,
  });
  expect(answer.trace).toEqual([2, 100, 250]);
  expect(answer.returnUs).toBeGreaterThan(answer.callUs);
});

test.for<[string, RequestListener, string]>([
  ['no answer in time', () => undefined, 'indeterminate'],
  ['a connection broken before the answer', (request) => request.socket.destroy(), 'indeterminate'],
  [
    'a connection broken within the answer',
    (_, res) => res.write('{"outcome":', () => res.destroy()),
    'indeterminate',
  ],
  ['half an answer and then silence', (_, res) => void res.write('{"outcome":'), 'indeterminate'],
  ['a 500 without a word on the outcome', (_, res) => res.writeHead(500).end('oops'), 'indeterminate'],
  ['a 200 that is not JSON', (_, res) => res.end('<html>'), 'indeterminate'],
  ['an outcome nobody knows', (_, res) => res.end('{"outcome":"maybe"}'), 'indeterminate'],
  ['an answer without end', (_, res) => void res.write('x'.repeat(1_000_000)), 'indeterminate'],
  ['a 404', (_, res) => res.writeHead(404).end('{"error":{}}'), 'error'],
  ['a 409 that says sold out', (_, res) => res.writeHead(409).end('{"outcome":"sold-out"}'), 'sold-out'],
])('%s', async ([, listener, outcome]) => {
  const buyer = await openBuyer(listener);
  expect(outcomeOf(await buyer.purchase('{}'))).toBe(outcome);
});

test('goes on over a new connection after one that broke', async () => {
  let calls = 0;
  const buyer = await openBuyer((request, response) => {
    calls += 1;
    if (calls === 1) request.socket.destroy();
    else response.end('{"outcome":"accepted"}');
  });
  expect(outcomeOf(await buyer.purchase('{}'))).toBe('indeterminate');
  expect(outcomeOf(await buyer.purchase('{}'))).toBe('accepted');
});

test('nobody listening is said at once', async () => {
  await expect(Buyer.open(new URL('http://127.0.0.1:1/'), TIMEOUT_MS)).rejects.toThrow('ECONNREFUSED');
});
